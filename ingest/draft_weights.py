"""What makes a place worth noting, weighed; written by bench/train_drafter.py."""

BEGINNING = {
    "turns_60": 2.205,
    "turns_120": 2.270,
    "turns_240": 0.488,
    "announced": 0.570,
    "title": 1.277,
    "farewell": -1.623,
    "habit": 0.896,
    "always": -5.764,
}

NOTED = {
    "best_near": 2.856,
    "mean_near": 6.393,
    "mean_around": -7.628,
    "habit": 0.720,
    "always": -1.744,
}
