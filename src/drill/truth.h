/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef DRILL_TRUTH_H
#define DRILL_TRUTH_H

#include "base/hash.h"
#include "drill/claim.h"
#include "drill/text.h"

#define KIND_PERSON   0u
#define KIND_EMPLOYER 1u
#define KINDS         2u

/*
 * The truth about the leak, in the columns of the exports (DESIGN section 8). Records of one
 * exhibit, or of many with a common beginning of their paths, form a part; parts are written as
 * they come and joined in path order at the end.
 */
struct truth_exhibit {
    char *path; /* below the leak; owned */
    char sha256[SHA256_HEX + 1];
    uint64_t bytes, records;
    const char *type;
    uint64_t verdicts[RECORD_VERDICT_COUNT];
};

struct truth_part {
    char *path;      /* what the paths of its exhibits begin with; owned */
    char *file_name; /* owned */
};

/* A cell of the leak, as far as the truth tells of it. */
struct truth_cell {
    const struct attribute_meaning *meaning;
    uint16_t month; /* of periodic fields */
    enum cell_verdict verdict;
    uint32_t holder;  /* other subject whose value it shows, or NOBODY */
    int failed;       /* TQ_OK, or TQ_E_NOMEM */
    const char *rule; /* a consistency rule that it was made to break, or NULL */
};

/* Whom the truth is about, and how the cells of a record are looked at: each kind of drill brings
 * its own. */
struct truth_source {
    const void *state;
    uint32_t counts[KINDS]; /* subjects of the register; higher numbers are in no table */
    int32_t snapshot;       /* T0 */
    void (*add_key)(const void *state, unsigned kind, uint32_t number, struct buf *out);
    struct truth_cell (*cell_at)(const void *cells, size_t number);
};

/* What the leak does to one subject. */
struct truth_subject {
    uint32_t records, documents;
    uint16_t categories;
    bool affected, named_falsely;
};

struct truth {
    struct truth_source source;
    char *folder;                          /* owned */
    struct truth_subject *subjects[KINDS]; /* by number; owned */
    struct truth_exhibit *exhibits;        /* owned */
    size_t exhibit_count, exhibit_capacity;
    struct truth_part *parts; /* owned */
    size_t part_count, part_capacity;
    struct text_file file; /* of the part being written */
    struct text_file snapshots, breaks, mosaic, pdf_signs;
    uint64_t record_count;
};

/* A record: what it is about and what is true of it. */
struct truth_record {
    size_t exhibit;  /* as truth_add_exhibit() numbered it */
    uint64_t number; /* from 1 */
    const char *table;
    unsigned kind;
    uint32_t subject; /* number, or NOBODY */
    enum record_verdict verdict;
    bool is_document;
    const void *claims; /* cells, for the source's cell_at() */
    size_t claim_count;
    const char *const *columns; /* names of the claims' columns; NULL: they are 1, 2, 3, ... */
};

int truth_begin(struct truth *truth, const struct truth_source *source, const char *folder,
                struct tq_error *err) MUST_CHECK;
void truth_clear(struct truth *truth);

int truth_begin_part(struct truth *truth, const char *path, struct tq_error *err) MUST_CHECK;
int truth_end_part(struct truth *truth, struct tq_error *err) MUST_CHECK;

/* Announce an exhibit; its size and hash may follow later. */
int truth_add_exhibit(struct truth *truth, const char *path, const char *type, size_t *out_number,
                      struct tq_error *err) MUST_CHECK;
int truth_set_content(struct truth *truth, size_t exhibit, struct slice content,
                      struct tq_error *err) MUST_CHECK;
int truth_set_file(struct truth *truth, size_t exhibit, const char *path,
                   struct tq_error *err) MUST_CHECK;

/* Records come in order of exhibit and number within a part. */
int truth_add_record(struct truth *truth, const struct truth_record *record,
                     struct tq_error *err) MUST_CHECK;

/* `share` of the rows of `table` were drawn at a moment from `from` to `to`. */
void truth_add_snapshot(struct truth *truth, const char *table, int32_t from, int32_t to,
                        double share);

/* `table` was made from a table of the register. */
void truth_add_source(struct truth *truth, const char *table, const char *source);

/* All subjects of `table` had this value of a field at the snapshot. */
void truth_add_filter(struct truth *truth, const char *table, const char *field,
                      struct slice value);
/* A sign that the editing of a document left (export pdf_signs). */
int truth_add_pdf_sign(struct truth *truth, size_t exhibit, const char *sign,
                       struct tq_error *err) MUST_CHECK;

/* Write subjects and exhibits, join the parts. */
int truth_finish(struct truth *truth, struct tq_error *err) MUST_CHECK;

/* The fund's: persons and employers of a world, cells that are claims. */
struct truth_source truth_source_of_world(const struct world *world);

#endif
