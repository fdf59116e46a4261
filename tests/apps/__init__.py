"""Tests against real applications (LibreOffice, the Open XML SDK, IronCalc, Wine) and the harness that drives them."""
