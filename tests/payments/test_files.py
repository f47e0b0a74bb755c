"""What goes to a bank, to the byte, and read again as a bank would."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from app.payments.files import bacs, books, bulk_csv
from app.payments.files.charset import bank_name, bank_text
from app.payments.files.paying import Batch, Originator, Paying
from app.shared.errors import Invalid

BATCH = Batch(
    (
        Paying("Westway Beats C.I.C", "123456", "12345678", 31_500, "WESTLO0007001"),
        Paying("=SUM(A1) Café Élan’s", "200000", "00055779", 5, "WESTLO0007002"),
    ),
    date(2026, 11, 23), "000701", Originator("Westbourne Children's Trust", "309089", "77665544", "123456"),
)
GOLDEN_BACS = (
    "VOL1000701                               123456                                1\r\n"
    "HDR1A123456S  112345600070100010001       26327 26327 000000                    \r\n"
    "HDR2F0200000100                                   00                            \r\n"
    "UHL1 26327999999    000000001 DAILY  001                                        \r\n"
    "1234561234567809930908977665544    00000031500WESTBOURNE CHILDREWESTLO0007001     WESTWAY BEATS C.I.\r\n"
    "2000000005577909930908977665544    00000000005WESTBOURNE CHILDREWESTLO0007002     SUMA1 CAFE ELANS  \r\n"
    "3090897766554401730908977665544    00000031505WESTBOURNE CHILDRECONTRA            WESTBOURNE CHILDRE\r\n"
    "EOF1A123456S  112345600070100010001       26327 26327 000000                    \r\n"
    "EOF2F0200000100                                   00                            \r\n"
    "UTL10000000031505000000003150500000010000002                                    \r\n"
)
GOLDEN_CSV = {
    "generic": "Sort code,Account number,Account name,Amount,Reference,Date\r\n"
    "123456,12345678,WESTWAY BEATS C.I.,315.00,WESTLO0007001,23/11/2026\r\n"
    "200000,00055779,SUMA1 CAFE ELANS,0.05,WESTLO0007002,23/11/2026\r\n",
    "unity": "123456,12345678,WESTWAY BEATS C.I.,315.00,WESTLO0007001,23/11/2026\r\n"
    "200000,00055779,SUMA1 CAFE ELANS,0.05,WESTLO0007002,23/11/2026\r\n",
    "caf": "Account name,Sort code,Account number,Amount,Reference\r\n"
    "WESTWAY BEATS CIC,123456,12345678,315.00,WESTLO0007001\r\nSUMA1 CAFE ELANS,200000,00055779,0.05,WESTLO0007002\r\n",
}


def test_a_bacs_file_has_these_bytes_and_reads_back() -> None:
    content = bacs.write(BATCH)
    assert content.decode() == GOLDEN_BACS
    again = bacs.read(content)
    assert [(p.sort_code, p.account, p.pence, p.reference) for p in again.lines] == [
        (p.sort_code, p.account, p.pence, p.reference) for p in BATCH.lines
    ]
    assert (again.contra_pence, again.on, again.originator.service_user) == (31_505, BATCH.on, "123456")
    assert {len(line) for line in content.decode().split("\r\n")[4:7]} == {100}


def test_a_bacs_file_that_was_changed_does_not_read_back() -> None:
    good = bacs.write(BATCH).decode()
    for old, new in (("00000031500", "00000041500"), ("0000002   ", "0000003   "), ("017309089", "099309089"), ("UTL1", "UTX1"), ("     SUMA1", "    SUMA1")):
        assert good.count(old) >= 1, old
        with pytest.raises(Invalid):
            bacs.read(good.replace(old, new, 1).encode())
    for batch in (replace(BATCH, originator=None), replace(BATCH, lines=(replace(BATCH.lines[0], pence=10**11),))):
        with pytest.raises(Invalid):
            bacs.write(batch)


def test_each_profile_has_these_bytes() -> None:
    for name, golden in GOLDEN_CSV.items():
        assert bulk_csv.write(BATCH, bulk_csv.PROFILES[name]).decode() == golden, name
    own = bulk_csv.own_profile(["iso_date", "reference", "sort_code_dashes", "account", "pence"])
    assert bulk_csv.write(BATCH, own).decode().splitlines()[1] == "2026-11-23,WESTLO0007001,12-34-56,12345678,31500"
    for columns in (["sort_code", "account", "amount"], ["sort_code", "account", "amount", "reference", "child"]):
        with pytest.raises(Invalid):
            bulk_csv.own_profile(columns)


def test_no_text_for_a_bank_begins_like_a_formula() -> None:
    for text in ("=1+1", "+44", "-cmd", "@x", "\t=1", " - /=1", "–=A1"):
        assert bank_text(text)[:1] not in {"=", "+", "-", "@", "\t"}, text
    assert bank_name("A very long name of a charity") == "A VERY LONG NAME O"


BILLS = (
    books.Bill("Westway Beats", "K1A2B3C4", "WESTLO0007001", date(2026, 11, 23), date(2026, 11, 25), 31_500, "West London"),
    books.Bill("=HYPERLINK(1)", "K9F8E7D6", "WESTLO0007002", date(2026, 11, 23), None, 5, "West London"),
)
GOLDEN_XERO = (
    "*ContactName,*InvoiceNumber,*InvoiceDate,*DueDate,*Description,*Quantity,*UnitAmount,*AccountCode,*TaxType,TrackingName1,TrackingOption1\r\n"
    'Westway Beats,WESTLO0007001,23/11/2026,23/12/2026,"Sessions delivered, WESTLO0007001",1,315.00,429,No VAT,Zone,West London\r\n'
    "'=HYPERLINK(1),WESTLO0007002,23/11/2026,23/12/2026,\"Sessions delivered, WESTLO0007002\",1,0.05,429,No VAT,Zone,West London\r\n"
)
GOLDEN_SAGE = (
    "Type,Account Reference,Nominal A/C Ref,Department Code,Date,Reference,Details,Net Amount,Tax Code,Tax Amount\r\n"
    "PI,K1A2B3C4,5000,,23/11/2026,WESTLO0007001,Sessions delivered,315.00,T9,0.00\r\n"
    "PA,K1A2B3C4,1200,,25/11/2026,WESTLO0007001,Paid by Kith,315.00,T9,0.00\r\n"
    "PI,K9F8E7D6,5000,,23/11/2026,WESTLO0007002,Sessions delivered,0.05,T9,0.00\r\n"
)


def test_the_bookkeepers_files_have_these_bytes_each_time() -> None:
    for _ in range(2):
        assert books.xero(BILLS, account_code="429", tax_type="No VAT").decode() == GOLDEN_XERO
        assert books.sage(BILLS, nominal="5000", tax_code="T9").decode() == GOLDEN_SAGE
    parts = [books.xero(BILLS[:1] * 600, account_code="1", tax_type="x", part=part) for part in range(1, books.xero_parts(600) + 1)]
    assert [len(part.splitlines()) - 1 for part in parts] == [500, 100] and (books.xero_parts(500), books.xero_parts(0)) == (1, 1), "none is left out"
