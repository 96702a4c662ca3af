"""What each thing known of a candidate counts; written by bench/train_reranker.py."""

WEIGHTS = {
    "joined": 1.186,
    "joined_own_words": 6.937,
    "words": 4.774,
    "meaning": 6.389,
    "before_1": 0.888,
    "before_2": -0.025,
    "before_3": -2.445,
    "before_4": -0.595,
    "before_5": -0.052,
    "after_1": -1.149,
    "after_2": -0.012,
    "after_3": 1.729,
    "after_4": 0.587,
    "after_5": 1.454,
    "source_best": 2.409,
    "source_best_3": 1.415,
    "source_best_5": -0.120,
    "source_count": 0.005,
    "near_own_words": 1.439,
}
