/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef STORE_CASE_STORE_H
#define STORE_CASE_STORE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/error.h"
#include "model/assessment.h"
#include "model/date_parts.h"
#include "model/document_sign.h"
#include "model/exhibit.h"
#include "model/finding.h"
#include "model/language.h"
#include "model/mosaic.h"
#include "model/page.h"
#include "model/recapture.h"
#include "model/snapshot.h"
#include "model/table.h"

/*
 * A case on disk:
 *
 *   CASE/case.db      SQLite in WAL mode: exhibits, notes, tables, readings, findings, counts
 *   CASE/cache.pack   append-only: extracted rows and pages; case.db knows what lies where
 *   CASE/vault/       the evidence itself, by SHA-256 (vault.h)
 *   CASE/key          the case's own key, mode 0600
 *   CASE/ledger.jsonl see ledger/
 *   CASE/report/      made by `report`
 *
 * Whatever lies between case_begin() and case_commit() is there whole or not at all after a crash;
 * bytes in cache.pack that no committed row points to are dead and do no harm. One process writes
 * at a time (flock); the calls below may come from any thread.
 */
struct case_store;

int case_create(const char *folder, struct slice title, struct tq_error *err) MUST_CHECK;

/* `writing`: take the lock; TQ_E_IO if another process holds it. */
int case_open(const char *folder, bool writing, struct case_store **out_store,
              struct tq_error *err) MUST_CHECK;
struct case_store *case_close(struct case_store *store);
bool case_is_case(const char *folder); /* there is a case.db in it */
const char *case_folder(const struct case_store *store);

int case_begin(struct case_store *store, struct tq_error *err) MUST_CHECK;
int case_commit(struct case_store *store, struct tq_error *err) MUST_CHECK;
void case_rollback(struct case_store *store);

/* Small named values: "title", "register.name", "register.seal", "examined". Appends the value to
 * `out`, nothing if unset. */
int case_set_value(struct case_store *store, const char *name, struct slice value,
                   struct tq_error *err) MUST_CHECK;
int case_get_value(struct case_store *store, const char *name, struct buf *out,
                   struct tq_error *err) MUST_CHECK;

/* ---- exhibits ---- */

struct custody {
    struct slice source; /* what the user said about where it came from */
    struct slice by;     /* who took it */
    struct slice taken;  /* RFC 3339 */
    struct slice origin; /* path it was read from, for exhibits of the file system */
};

/* Add an exhibit; if one with the same parent, name and digest is there, its number is given.
 * `name` is the path below the evidence root, or below the container `parent`. */
int case_add_exhibit(struct case_store *store, uint32_t parent, struct slice name,
                     const uint8_t sha256[SHA256_BYTES], uint64_t size_bytes,
                     const struct custody *custody, uint32_t *out_number,
                     struct tq_error *err) MUST_CHECK;
/* The number of that exhibit; 0 if there is none. */
int case_find_exhibit(struct case_store *store, uint32_t parent, struct slice name,
                      const uint8_t sha256[SHA256_BYTES], uint32_t *out_number,
                      struct tq_error *err) MUST_CHECK;
/* Whether there is any exhibit of this name, whatever its bytes. */
int case_has_name(struct case_store *store, uint32_t parent, struct slice name, bool *out_has,
                  struct tq_error *err) MUST_CHECK;
/* What is known about how it came here; replaces the content of `scratch`, which owns the texts. */
int case_get_custody(struct case_store *store, uint32_t number, struct buf *scratch,
                     struct custody *out_custody, struct tq_error *err) MUST_CHECK;
int case_set_exhibit(struct case_store *store, uint32_t number, struct slice type,
                     enum exhibit_state state, struct tq_error *err) MUST_CHECK;
int case_add_note(struct case_store *store, uint32_t exhibit, uint64_t place, struct slice text,
                  struct tq_error *err) MUST_CHECK;
/* A note of intake: reading the exhibit anew leaves it. */
int case_add_custody_note(struct case_store *store, uint32_t exhibit, struct slice text,
                          struct tq_error *err) MUST_CHECK;
int case_add_fact(struct case_store *store, uint32_t exhibit, struct slice name, struct slice value,
                  struct tq_error *err) MUST_CHECK;

/* Forget what reading an exhibit yielded (tables, rows, pages, facts, notes made while it was read)
 * and keep its custody: reading starts anew after a crash. Its members stay; they are found again.
 */
int case_reset_exhibit(struct case_store *store, uint32_t number, struct tq_error *err) MUST_CHECK;

/*
 * All exhibits, sorted by path (bytewise). Paths are final: members after "!/", colliding paths
 * with "~2", "~3" in the order of their digests. `primary[i]` is the position of the first exhibit
 * of the same bytes (i itself, mostly) in the fewest containers: records of duplicates are listed
 * there. The shallowest, because that is the one that is read: what lies deeper is found later.
 */
struct exhibit_list {
    struct exhibit *items;
    uint32_t *primary;
    size_t count;
    uint32_t *position; /* by exhibit number; position_count entries, UINT32_MAX: none */
    uint32_t position_count;
};
int case_load_exhibits(struct case_store *store, struct exhibit_list *out_list,
                       struct tq_error *err) MUST_CHECK;
void exhibit_list_clear(struct exhibit_list *list);

/* Call `each` for every note (or fact) of an exhibit (0: of all), by exhibit, place, order. */
typedef int case_each_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                           struct tq_error *err);
int case_notes(struct case_store *store, uint32_t exhibit, case_each_note *each, void *state,
               struct tq_error *err) MUST_CHECK;
typedef int case_each_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                           struct tq_error *err);
int case_facts(struct case_store *store, uint32_t exhibit, case_each_fact *each, void *state,
               struct tq_error *err) MUST_CHECK;

/* ---- extracted rows and pages ---- */

/* A table as stored. Tables of an exhibit have it as `exhibit`; layout tables have 0. `sheet` is
 * the name of the table within its exhibit ("" if it has only one). */
struct stored_table {
    uint32_t number;
    uint32_t exhibit;
    struct table head; /* name is "" for exhibit tables until inquiry names them */
    char *sheet;
    uint32_t batch_count;
};
struct stored_table_list {
    struct stored_table *items;
    size_t count;
};
int case_add_table(struct case_store *store, uint32_t exhibit, struct slice sheet,
                   const struct table *head, uint32_t *out_number, struct tq_error *err) MUST_CHECK;
int case_append_batch(struct case_store *store, uint32_t table, const struct batch *batch,
                      struct tq_error *err) MUST_CHECK;
int case_rename_table(struct case_store *store, uint32_t table, struct slice name,
                      struct tq_error *err) MUST_CHECK;
/* In order of number. `exhibit`: of this exhibit; UINT32_MAX: all. */
int case_load_tables(struct case_store *store, uint32_t exhibit, struct stored_table_list *out_list,
                     struct tq_error *err) MUST_CHECK;
void stored_table_list_clear(struct stored_table_list *list);
/* Remove all layout tables (exhibit 0) with their rows, findings and readings. */
int case_drop_layout_tables(struct case_store *store, struct tq_error *err) MUST_CHECK;

/*
 * The rows of a table, for any number of threads. The source must be closed before the store.
 * Exhibit numbers in the batches are as stored (0 stands for the table's own exhibit).
 */
int case_open_rows(struct case_store *store, uint32_t table, struct batch_source *out_source,
                   struct tq_error *err) MUST_CHECK;
void case_close_rows(struct batch_source *source);

int case_append_page(struct case_store *store, uint32_t exhibit, const struct page *page,
                     struct tq_error *err) MUST_CHECK;
/* Whether an exhibit yielded pages. */
int case_has_pages(struct case_store *store, uint32_t exhibit, bool *out_has,
                   struct tq_error *err) MUST_CHECK;
/* All pages of an exhibit, in order; they and all they point to are borrowed from `scratch`. */
int case_load_pages(struct case_store *store, uint32_t exhibit, struct buf *scratch,
                    struct page **out_pages, uint32_t *out_count, struct tq_error *err) MUST_CHECK;

/* ---- results of an examination ---- */

/* Forget all results (readings, snapshots, findings, counts, subjects), keep what was extracted. */
int case_drop_results(struct case_store *store, struct tq_error *err) MUST_CHECK;

struct reading_row {
    uint32_t table;
    uint16_t column;         /* from 0: the number that findings have */
    uint16_t source;         /* the table's column, which several readings may be pieces of */
    struct date_parts parts; /* those of a date whose parts stand in several; `source` is the first
                              */
    struct slice header;
    struct slice field;          /* "employer>name", "salary"; "" when not read */
    struct slice interpretation; /* "" when not read */
    struct slice status;         /* "full", "weak", "none", "refers-to" */
    struct slice category;
    struct slice kind;   /* of the table */
    bool periodic;       /* the export appends @period per cell */
    struct slice period; /* "2024-03", "row", "any" or "" */
    struct slice role;   /* "value", "previous", "month" */
    double agreement, chance, filled;
    uint32_t compared;
};
int case_add_reading(struct case_store *store, const struct reading_row *row,
                     struct tq_error *err) MUST_CHECK;
typedef int case_each_reading(void *state, const struct reading_row *row, struct tq_error *err);
/* By table number, column. `table` UINT32_MAX: all. */
int case_readings(struct case_store *store, uint32_t table, case_each_reading *each, void *state,
                  struct tq_error *err) MUST_CHECK;

int case_set_dating(struct case_store *store, uint32_t table, const struct dating *dating,
                    struct tq_error *err) MUST_CHECK;
/* count == 0 if the table was not dated. *out_dating is owned; dating_clear(). */
int case_get_dating(struct case_store *store, uint32_t table, struct dating *out_dating,
                    struct tq_error *err) MUST_CHECK;

/* One blob per (table, batch); batches may come in any order. */
int case_add_findings(struct case_store *store, uint32_t table, uint32_t batch,
                      const struct finding_batch *findings, struct tq_error *err) MUST_CHECK;
/* Replaces the content of `findings`; empty if there are none. */
int case_load_findings(struct case_store *store, uint32_t table, uint32_t batch,
                       struct finding_batch *findings, struct tq_error *err) MUST_CHECK;
/* Number of batches with findings of a table. */
int case_finding_batches(struct case_store *store, uint32_t table, uint32_t *out_count,
                         struct tq_error *err) MUST_CHECK;

int case_add_count(struct case_store *store, const struct count_row *row,
                   struct tq_error *err) MUST_CHECK;
typedef int case_each_count(void *state, const struct count_row *row, struct tq_error *err);
int case_counts(struct case_store *store, case_each_count *each, void *state,
                struct tq_error *err) MUST_CHECK; /* in the order they were added */

int case_add_unseen(struct case_store *store, const struct unseen_row *row,
                    struct tq_error *err) MUST_CHECK;
typedef int case_each_unseen(void *state, const struct unseen_row *row, struct tq_error *err);
int case_unseen(struct case_store *store, case_each_unseen *each, void *state,
                struct tq_error *err) MUST_CHECK; /* in the order they were added */

int case_add_recapture(struct case_store *store, const struct recapture_row *row,
                       struct tq_error *err) MUST_CHECK;
/* Sources are borrowed for the call. */
typedef int case_each_recapture(void *state, const struct recapture_row *row, struct tq_error *err);
int case_recaptures(struct case_store *store, case_each_recapture *each, void *state,
                    struct tq_error *err) MUST_CHECK; /* in the order they were added */

/* The rules that some table was held against; `rule` of a finding's breaks is their number. */
struct rule_row {
    uint16_t number;
    struct slice name;
    struct slice about[LANGUAGE_COUNT];
    bool must;
};
int case_add_rule(struct case_store *store, const struct rule_row *row,
                  struct tq_error *err) MUST_CHECK;
typedef int case_each_rule(void *state, const struct rule_row *row, struct tq_error *err);
int case_rules(struct case_store *store, case_each_rule *each, void *state,
               struct tq_error *err) MUST_CHECK; /* by number */

int case_add_consistency(struct case_store *store, const struct consistency_row *row,
                         struct tq_error *err) MUST_CHECK;
typedef int case_each_consistency(void *state, const struct consistency_row *row,
                                  struct tq_error *err);
int case_consistencies(struct case_store *store, case_each_consistency *each, void *state,
                       struct tq_error *err) MUST_CHECK; /* in the order they were added */

/* Signs of fabrication, in the order they were added. */
int case_add_sign(struct case_store *store, const struct sign_row *row,
                  struct tq_error *err) MUST_CHECK;
typedef int case_each_sign(void *state, const struct sign_row *row, struct tq_error *err);
int case_signs(struct case_store *store, case_each_sign *each, void *state,
               struct tq_error *err) MUST_CHECK;

/* The mosaic: by table number, part, and the order they were added. */
int case_add_mosaic(struct case_store *store, const struct mosaic_row *row,
                    struct tq_error *err) MUST_CHECK;
typedef int case_each_mosaic(void *state, const struct mosaic_row *row, struct tq_error *err);
int case_mosaic(struct case_store *store, case_each_mosaic *each, void *state,
                struct tq_error *err) MUST_CHECK;
/* Signs that documents were edited, in the order they were added; `exhibit` 0: of all. */
int case_add_document_sign(struct case_store *store, const struct document_sign_row *row,
                           struct tq_error *err) MUST_CHECK;
typedef int case_each_document_sign(void *state, const struct document_sign_row *row,
                                    struct tq_error *err);
int case_document_signs(struct case_store *store, uint32_t exhibit, case_each_document_sign *each,
                        void *state, struct tq_error *err) MUST_CHECK;

/* Kinds by number, and the subjects that occur. Register keys are kept encrypted under the case
 * key: the findings alone name nobody. */
int case_set_kinds(struct case_store *store, uint8_t count, const char *const *names,
                   struct tq_error *err) MUST_CHECK;
/* Name of a kind, borrowed from the store; "" if unknown. */
const char *case_kind_name(struct case_store *store, uint8_t kind);
int case_add_subject(struct case_store *store, const struct subject_row *row, struct slice key,
                     struct tq_error *err) MUST_CHECK;
typedef int case_each_subject(void *state, const struct subject_row *row, struct slice key,
                              struct tq_error *err);
int case_subjects(struct case_store *store, case_each_subject *each, void *state,
                  struct tq_error *err) MUST_CHECK; /* by kind, then subject number */

/*
 * Register keys of all subjects that records name, for exports: after this call
 * case_subject_key() answers without a query. The slice is borrowed from the store.
 */
int case_load_subject_keys(struct case_store *store, struct tq_error *err) MUST_CHECK;
struct slice case_subject_key(const struct case_store *store, uint8_t kind, uint32_t subject);

/* Kind of the records of a table, KIND_NONE (255) if nothing was read. Set with the readings. */
int case_set_table_kind(struct case_store *store, uint32_t table, uint8_t kind,
                        struct tq_error *err) MUST_CHECK;
uint8_t case_table_kind(struct case_store *store, uint32_t table);

#endif
