/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_DRILL_H
#define DRILL_DRILL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/*
 * A rehearsal: a synthetic register, a leak made from it and the truth about that leak.
 *
 * All persons and organisations are invented; identifiers come from ranges that no real one can
 * have (domain.md 2.9). The same request gives the same bytes, for any number of threads.
 */
/* A leak of a part of the register: everybody in it has one value of a field in common. */
enum drill_only {
    ONLY_NOTHING, /* all of the register */
    ONLY_REGION,  /* those who live in one city */
    ONLY_EMPLOYER /* those who work for one employer; the fund's alone */
};

struct drill_request {
    const char *folder;   /* made if missing; must be empty or hold an earlier drill */
    uint32_t persons;     /* 0: 40,000 */
    uint32_t employers;   /* 0: 8 % of the persons */
    uint32_t months;      /* of declarations; 0: 36 */
    uint32_t rows;        /* of the leaked list of persons; 0: half the persons */
    int64_t documents;    /* salary certificates; negative: 2.7 % of the rows */
    uint64_t seed;        /* 0: 1 */
    bool no_header;       /* the leaked CSV files have no header row */
    bool shuffle_columns; /* their columns stand in another order */
    enum drill_only only; /* whom the leaked lists of persons show */
    unsigned threads;     /* 0: as many as there are processors */
    const char *postgres; /* libpq's words for a database to load the register into, or NULL */

    /* Called now and then by one thread, from 0 to 1 within each stage; may be NULL. */
    void (*progress)(void *state, const char *stage, double share);
    void *state;
};

struct drill_summary {
    uint64_t register_rows, register_bytes;
    uint64_t leak_files, leak_bytes; /* exhibits; files in archives count as well */
    uint64_t records;                /* in the leak, of all kinds */
    uint32_t documents;
    int32_t snapshot;                      /* T0: minutes since 1970, UTC */
    double register_seconds, leak_seconds; /* without the documents */
    double document_seconds;
};

/*
 * Write DIR/register (description and CSV tables), DIR/leak and DIR/truth. TQ_E_USAGE if the
 * request makes no sense or one of these is there already, TQ_E_IO if the disk refuses. With
 * `postgres` the register also goes into that database, whose tables (schema/) must be empty, and
 * DIR/register/register-postgres.yaml describes it there.
 */
int drill_make(const struct drill_request *request, struct drill_summary *out_summary,
               struct tq_error *err) MUST_CHECK;

/* TQ_E_USAGE if a folder of another drill is there: its files would be evidence without truth. */
int drill_refuse_used_folder(const char *folder, struct tq_error *err) MUST_CHECK;

#define DRILL_VERDICTS 7u /* as enum record_verdict */
#define DRILL_BINS     10u

/* How the records of one table, or of all, came out. */
struct drill_table_score {
    char *table; /* owned; a group of tables ends in "*"; "" is all */
    uint64_t records;
    uint64_t confusion[DRILL_VERDICTS][DRILL_VERDICTS]; /* [truth][case] */
    uint64_t missing[DRILL_VERDICTS];                   /* by truth: the case has no such record */
    uint64_t subjects_true, subjects_named, subjects_right;
    double precision, recall; /* of subjects, over records; 1 where there is nothing to find */
    double macro_f1;          /* over the verdicts present in the truth */
};

/* One measure over subjects: what is true, what the case says, and how the sets differ. */
struct drill_count_score {
    const char *measure; /* "affected", "named_falsely", "exposed"; static */
    const char *kind;    /* "person", "employer"; static */
    uint64_t truth, found, missed, wrong;
};

struct drill_bin {
    uint64_t records, right;
    double posterior_sum;
};

/* Dating of one table. */
struct drill_dating_score {
    char *table; /* owned */
    bool dated, covered;
    double width_days; /* of the support that covers, or of the first */
};

/* Consistency rules: values made to break one, and what the case says. */
struct drill_break_score {
    uint64_t made, found; /* by record and rule */
    uint64_t told;        /* in the case, whatever they were made for */
    uint64_t unjust;      /* of those, about records that are true */
};

/* Sources of tables, and what their subjects were chosen by (truth/mosaic.csv). */
struct drill_mosaic_score {
    uint64_t sources, sources_found; /* by table and register table */
    uint64_t sources_told;           /* in the case, of tables that the truth knows */
    uint64_t filters, filters_found;
};

/*
 * Signs of edited documents. `made` and `found` count (document, sign): those that the editing
 * leaves for certain, and which of them the case has. Told are documents with a sign of medium
 * weight at least, unjust those of them that were not edited.
 */
struct drill_pdf_score {
    uint64_t made, found;
    uint64_t told, unjust;
};

struct drill_score {
    uint64_t records_true, records_found; /* rows of both record files */
    uint64_t missing, extra;              /* in one only */
    struct drill_table_score all;
    struct drill_table_score *tables; /* owned */
    size_t table_count, table_capacity;
    struct drill_count_score counts[6];
    struct drill_bin bins[DRILL_BINS]; /* by posterior: is the subject (or nobody) right? */
    double brier;
    struct drill_dating_score *datings; /* owned */
    size_t dating_count, dating_capacity;
    struct drill_break_score breaks;
    struct drill_mosaic_score mosaic;
    struct drill_pdf_score pdf;
    uint64_t exhibits_true, exhibits_found; /* with the same path and the same bytes */
};

/*
 * Compare the exports of a case (a folder with records.csv, subjects.csv, exhibits.csv,
 * snapshots.csv, breaks.csv, mosaic.csv and pdf_signs.csv as `tahqiq export` writes them) with the
 * truth of a drill. *out_score is owned by the caller. TQ_E_IO: a file is missing; TQ_E_SYNTAX: it
 * lacks a column.
 */
int drill_score(const char *drill_folder, const char *exports_folder,
                struct drill_score **out_score, struct tq_error *err) MUST_CHECK;
struct drill_score *drill_score_free(struct drill_score *score);

struct buf;
/* For people, and as one JSON object. */
void drill_score_text(const struct drill_score *score, struct buf *out);
void drill_score_json(const struct drill_score *score, struct buf *out);

#endif
