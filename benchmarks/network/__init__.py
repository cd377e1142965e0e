"""Small networks: L-BFGS to a number of steps, and epochs of Adam."""
