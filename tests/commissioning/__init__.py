"""Money and places: the ledger, funds, holds, requests, decisions, delivery, and the pages."""
