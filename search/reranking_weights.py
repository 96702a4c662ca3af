"""What each thing known of a candidate counts; written by bench/train_reranker.py."""

WEIGHTS = {
    "joined": 0.415,
    "joined_own_words": 6.995,
    "words": 4.608,
    "meaning": 6.352,
    "before_1": 0.676,
    "before_2": 0.598,
    "before_3": -3.044,
    "after_1": -0.976,
    "after_2": -0.044,
    "after_3": 1.976,
    "source_best": 2.398,
    "source_best_3": 0.857,
    "source_best_5": 0.950,
    "source_count": 0.169,
}
