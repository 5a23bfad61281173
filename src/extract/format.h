/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef EXTRACT_FORMAT_H
#define EXTRACT_FORMAT_H

#include "extract/extract.h"

/* How sure a format is that an exhibit is its own. */
enum claim {
    CLAIM_FAILED = -1, /* there was no memory to tell */
    CLAIM_NONE = 0,
    CLAIM_NAME = 1,    /* the name says so, the content does not contradict */
    CLAIM_LIKELY = 2,  /* the content looks like it */
    CLAIM_CERTAIN = 3, /* a signature says so */
};

/*
 * One format or container: the list is in extract.c, one line each; the surest claim wins, the
 * earlier line on a tie. `head` is the first bytes of the exhibit (up to 64 KiB).
 */
struct format {
    const char *type; /* what exhibits of it are called: "pdf", "zip", "csv", ... */
    enum claim (*claim)(struct slice head, const struct extract_input *input);
    int (*read)(const struct extract_input *input, const struct extract_limits *limits,
                const struct sink *sink, struct tq_error *err);
};

extern const struct format format_access;   /* Microsoft Access */
extern const struct format format_archive;  /* libarchive: zip, tar, 7z, rar, gz, xz, zst, ... */
extern const struct format format_telegram; /* result.json of a Telegram Desktop export */
extern const struct format format_telegram_html; /* messages.html of one */
extern const struct format format_dbf;           /* dBase, FoxPro */
extern const struct format format_pdf;
extern const struct format format_image;  /* PNG, JPEG, TIFF, BMP, GIF, WebP */
extern const struct format format_sqlite; /* databases, and the logs beside them */
extern const struct format format_sql;    /* SQL dumps as text */
extern const struct format format_office; /* XLSX, DOCX, PPTX, ODS, ODT, ODP, by expat */
extern const struct format format_locked; /* office files behind a password */
extern const struct format format_xls;    /* old workbooks */
extern const struct format format_doc;    /* Word 97 to 2003 */
extern const struct format format_ppt;    /* PowerPoint 97 to 2003 */
extern const struct format format_object; /* an embedded object of one, as a file */
extern const struct format format_rtf;
extern const struct format format_html;
extern const struct format format_xml_sheet; /* workbooks as XML of Excel 2003 */
extern const struct format format_xml;
extern const struct format format_json;      /* JSON and JSON Lines */
extern const struct format format_ebds;      /* fixed-width declaration files */
extern const struct format format_delimited; /* CSV and its kin */
extern const struct format format_labelled;  /* names and values, line by line */
extern const struct format format_ldif;
extern const struct format format_vcard;
extern const struct format format_calendar; /* iCalendar */
extern const struct format format_bson;
extern const struct format format_named; /* dumps that are named and not read */
extern const struct format format_mbox;
extern const struct format format_chat; /* WhatsApp */
extern const struct format format_mail;
extern const struct format format_msg;    /* Outlook: one message */
extern const struct format format_tnef;   /* Outlook: what it sends to others */
extern const struct format format_cms;    /* signed messages and documents */
extern const struct format format_pst;    /* Outlook */
extern const struct format format_text;   /* plain text: pages of words */
extern const struct format format_binary; /* anything: runs of text in it */

#endif
