"""What `make bench` measures: speed beside a peer in the same run. Never run as tests."""
