"""What each thing known of a candidate counts; written by bench/train_reranker.py."""

WEIGHTS = {
    "joined": 1.639,
    "joined_own_words": 7.992,
    "words": 4.211,
    "meaning": 5.612,
    "before_1": 0.919,
    "before_2": -0.050,
    "before_3": -2.858,
    "after_1": -1.102,
    "after_2": -0.284,
    "after_3": 2.243,
    "source_best": 2.357,
    "source_best_3": 1.435,
    "source_best_5": 0.365,
    "source_count": 0.136,
}
