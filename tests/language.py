# This file is part of TTHCC.  The COPYRIGHT file at the top level of
# this repository contains the full copyright notices and license terms.
"What Vietnamese says as English does"

AS_IN_ENGLISH = {
    # Words of both languages
    "Camera", "Cookie", "E-mail", "Fax", "IRC", "Jabber", "SIP", "SMS",
    "Skype", "URL", "UUID",
    # Units
    "GB", "MP",
    # To print; in English, who came in
    "In",
    # Codes of Armenia and Indonesia
    "AM", "ID",
    # Formats and methods
    "JPEG", "PDF", "PNG", "SHA-256", "TIFF",
    # Nothing but marks and placeholders
    "%(leg)s, %(place)s: %(time)s", "%1 (%2)", "%1%", "%s (%s)", "%s%%",
    ", ", ",...", "..", "...", ":", ": ",
    }
