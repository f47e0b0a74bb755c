"""Notifications: the transactional outbox and its worker, the e-mail gateway, and the tasks on people's lists."""
