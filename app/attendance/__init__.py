"""Attendance: registers and their marks, follow-ups the same day. A mark accrues money through commissioning."""
