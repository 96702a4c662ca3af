"""What speaks for a note's beginning, weighed; written by bench/train_aligner.py."""

WEIGHTS = {
    "opens": 1.803,
    "first_minute_of_it": 4.318,
    "goes_on": 1.195,
    "turns_60": 3.047,
    "turns_240": 1.186,
    "named": 2.054,
    "kept": 2.163,
    "share_2": 3.527,
    "share_8": 3.287,
    "phrase": 1.728,
    "another_speaks": 1.536,
    "announced": 0.894,
    "length": 0.438,
    "teaser": -1.540,
    "farewell": -2.563,
}
