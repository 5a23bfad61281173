/* SPDX-License-Identifier: AGPL-3.0-or-later */
#ifndef LAYOUT_SEGMENT_H
#define LAYOUT_SEGMENT_H

#include "base/buf.h"
#include "layout/document.h"

/* A run of words of one status on a line, without a wide gap: algorithms.md 2.1, step 6. */
struct segment {
    bool is_label;
    bool is_rtl;
    bool ends_in_colon;
    float x0, x1;
    uint32_t first_word, word_count;
    uint64_t key;     /* of a label: hash of its folded text */
    uint32_t ordinal; /* of a label: how many of the same text came before it */
};

/* The segments of a document, line by line: line i has those from first[i] up to first[i + 1].
 * Start with {0}; reused. */
struct segments {
    struct segment *items;
    size_t count, capacity;
    uint32_t *first;
    size_t first_capacity;
    struct buf text; /* scratch */
};

/* Words must be marked by labels_mark(); the status of marks and of constant values is settled
 * here. */
int segments_build(struct segments *segments, struct document *document,
                   struct tq_error *err) MUST_CHECK;
void segments_clear(struct segments *segments);

/* Append the words in reading order, without colons, leaders and spaces at both ends. */
void segment_text(const struct document *document, const struct segment *segment, struct buf *out);

/* Whether a line consists of at least two labels and nothing else. */
bool segments_is_header(const struct segments *segments, size_t line);

/* Whether a line has a label. */
bool segments_has_label(const struct segments *segments, size_t line);

static inline size_t segments_on(const struct segments *segments, size_t line)
{
    return segments->first[line + 1] - segments->first[line];
}

static inline const struct segment *segments_at(const struct segments *segments, size_t line)
{
    return segments->items + segments->first[line];
}

#endif
