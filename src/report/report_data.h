/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef REPORT_REPORT_DATA_H
#define REPORT_REPORT_DATA_H

#include "model/assessment.h"
#include "report/case_view.h"
#include "report/document_clusters.h"
#include "report/document_view.h"
#include "report/exhibit_ends.h"
#include "report/recapture_view.h"

#define SEVERITY_LEVELS 4u /* low, medium, high, very high: ENISA 2013, bounds 2, 3, 4 */

/* A subject count by kind and category. */
struct subject_count {
    char *measure, *kind, *category, *verdict;
    uint64_t value, low, high;
};

struct table_numbers {
    uint64_t verdicts[RECORD_VERDICT_COUNT];
    uint64_t records;
    struct dating dating; /* owned */
};

struct exhibit_numbers {
    uint64_t records;
    uint32_t notes;
};

struct exhibit_note {
    uint32_t position; /* of the exhibit */
    uint64_t place;
    char *text;
};

/* All numbers of a report, gathered once. */
struct report_data {
    struct case_view view;
    struct document_view documents;
    struct document_clusters clusters;
    struct buf title, register_name, register_seal;
    uint64_t verdicts[RECORD_VERDICT_COUNT];
    uint64_t records, bytes;
    struct table_numbers *tables;     /* by position in view.tables */
    struct exhibit_numbers *exhibits; /* by position in view.exhibits */
    struct exhibit_note *notes;
    size_t note_count, note_capacity;
    struct subject_count *counts;
    size_t count_count, count_capacity;
    struct recapture_view recaptures;
    struct unseen_row *unseen;
    size_t unseen_count, unseen_capacity;
    uint64_t severity[SEVERITY_LEVELS];
    uint64_t subjects;
    struct exhibit_ends ends;
};

int report_data_open(struct case_store *store, struct report_data *out_data,
                     struct tq_error *err) MUST_CHECK;
void report_data_close(struct report_data *data);

/* A count of subjects of all verdicts; NULL strings mean "". All zero if there is none. */
struct subject_count report_data_count(const struct report_data *data, const char *measure,
                                       const char *kind, const char *category);

#endif
