"""Twins of the gateways: the same signatures, nothing leaves the machine."""
