"""What the templates of both sites say about published things."""
