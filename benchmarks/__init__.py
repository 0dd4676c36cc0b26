"""What newsgrain costs, and how well it reads; `make bench` and `make quality` run it."""
