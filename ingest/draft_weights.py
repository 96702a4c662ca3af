"""What makes a place worth noting, weighed; written by bench/train_drafter.py."""

WEIGHTS = {
    "turns_60": 5.513,
    "turns_120": 7.952,
    "turns_240": 3.002,
    "announced": 1.840,
    "title": 8.339,
    "greeting": -6.634,
    "farewell": -1.659,
}
