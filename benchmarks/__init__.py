"""Measurements that print ratios from one run. The machines are noisy, so nothing here is a test."""
