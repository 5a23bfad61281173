/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#include <stddef.h>
#include <stdint.h>

/* Every limit in Tahqiq, in one place, each with its reason. */

#define BUF_BYTES_MAX \
    ((size_t)4 << 30) /* nothing we build in memory is larger than a register column */

#define BATCH_ROWS_MAX 4096u /* rows of one batch: its arrays stay in the second-level cache */
#define KEPT_KEYS_BYTES_MAX                                                                      \
    ((size_t)512 << 20) /* keys of all tables kept between passes: 10 million rows of 13 columns \
                         */
#define KEPT_CLAIMS_BYTES_MAX \
    ((size_t)256 << 20)         /* claims and their facts, likewise: 400,000 rows of 11 columns */
#define TABLE_COLUMNS_MAX 4096u /* the widest published sheet seen in the wild has some 1,000 */
#define CELL_BYTES_MAX    (1u << 16) /* longer cells are cut and flagged: no identifier is longer */
#define FILE_NAME_MAX     255u       /* NAME_MAX on Linux */

#define REGISTER_FIELDS_MAX   1024u /* all tables together; a national fund has some 200 */
#define REGISTER_KINDS_MAX    16u   /* person, employer, vehicle, ... */
#define TABLE_SNAPSHOTS_MAX   4096u /* dated exports of one table: eleven years of days */
#define REGISTER_SUBJECTS_MAX (1u << 31)
#define REGISTER_ITEMS_MAX    (UINT32_MAX - 1u) /* facts of a field; bytes of its texts */
#define SNAPSHOTS_MAX         4                 /* of one table: algorithms.md section 5 */

/* A database server, in its own units and libpq's. A build is run every night. */
#define POSTGRES_CONNECTIONS_MAX        4u   /* more would be felt by those who work with it */
#define POSTGRES_CONNECT_SECONDS        "15" /* a firewall that drops packets, not a slow server */
#define POSTGRES_KEEPALIVE_IDLE_SECONDS "60" /* a dead peer is noticed within two minutes, */
#define POSTGRES_KEEPALIVE_SECONDS      "15" /* which outlives the restart of a switch */
#define POSTGRES_KEEPALIVE_COUNT        "4"
#define POSTGRES_UNACKNOWLEDGED_MS      "120000"
#define POSTGRES_QUERY_TIMEOUT          "5min"  /* questions to the catalogue take milliseconds */
#define POSTGRES_LOCK_MS                "60000" /* a table that is being changed, at most */
#define POSTGRES_IDLE_TIMEOUT           "15min" /* a snapshot left alone keeps VACUUM from work */
#define POSTGRES_CLIENT_CHECK           "2s"    /* a long query ends soon after we do */
#define POSTGRES_RETURN_SECONDS         60      /* a server that starts again, or its standby */
#define POSTGRES_RESUMES_MAX            5u      /* of one table: then the network is no good */
#define POSTGRES_COPY_SECONDS_MAX       (12u * 3600u)       /* of one table: the night is over */
#define POSTGRES_PIECE_BYTES            ((size_t)256 << 10) /* read ahead, in pieces: */
#define POSTGRES_PIECES                 16u /* a round of rows while another is worked on */

#define CONTAINER_DEPTH_MAX   8u /* archive in mail in archive ...: deeper is an attack or a toy */
#define CONTAINER_MEMBERS_MAX 1000000u
#define CONTAINER_RATIO_MAX   250u /* bytes out per byte in; zeros reach 1,032, listings some 60 */
#define CONTAINER_FREE_BYTES  ((uint64_t)16 << 20) /* below this no ratio is an attack */
#define CONTAINER_MEMBER_COST 1024u /* bytes a member costs, however empty: rows of the case */
#define MEMBER_BYTES_MAX      ((uint64_t)64 << 30)

#define OFFICE_LOCKED_BYTES_MAX ((size_t)1 << 30) /* deciphered in memory; a reader has four */
#define OFFICE_ROUNDS_MAX \
    ((uint64_t)1 << 31) /* of hashing, for all passwords: under half an hour; one takes 100,000 */

#define PASSWORDS_MAX       10000u /* of a list: to try them is not to break a cipher */
#define PASSWORD_BYTES_MAX  1024u
#define PASSWORDS_BYTES_MAX ((size_t)1 << 20) /* all of them: they go with every exhibit */

#define PAGE_WORDS_MAX     200000u /* of one page; a dense A0 listing has 30,000 */
#define DOCUMENT_PAGES_MAX 20000u
#define PDF_BLOCK_BYTES_MAX \
    ((size_t)256 << 20) /* one piece of memory for a PDF: an image of a gigabyte has no text */

#define OCR_IMAGE_BYTES_MAX ((uint64_t)256 << 20) /* of an image's file */
#define OCR_PIXELS_MAX      100000000u            /* A2 at 600 dpi; four bytes each while decoded */
#define OCR_SIDE_PIXELS_MIN 32u                   /* lower than a line of text that can be read */
#define OCR_PAGES_DEFAULT   300u /* of an inquiry: some ten minutes of one processor */
#define OCR_PAGES_MAX       10000000u
#define OCR_PAGE_MS_MAX     90000 /* a backstop: thirty times what a dense page takes */
#define PDF_SCAN_BYTES_MAX \
    ((uint64_t)256 << 20)         /* larger ones are not held in memory to be scanned */
#define PDF_REVISIONS_READ_MAX 4u /* the last ones of a document: each costs a reading of it */

#endif
