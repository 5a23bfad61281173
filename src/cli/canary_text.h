/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef CLI_CANARY_TEXT_H
#define CLI_CANARY_TEXT_H

#include "canary/result.h"

/* What 'canary check' found; all borrowed. */
struct canary_report {
    const struct canary_plan *plan;
    const struct canary_search *search;
    const struct canary_result *results;
    const struct exhibit_list *exhibits;
    struct canary_scope scope;
    uint8_t key_id[CANARY_KEY_ID_BYTES];
};

/* In words, with what it proves and what not. No value of a canary comes out. */
void canary_report_text(const struct canary_report *report, struct buf *out);

/* The same figures, and every place. */
void canary_report_json(const struct canary_report *report, struct buf *out);

#endif
