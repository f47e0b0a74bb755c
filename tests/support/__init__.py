"""What the tests stand on: databases, a live server, a browser, a strict client. No rule of Kith lives here."""
