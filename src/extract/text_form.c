/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "extract/text_form.h"

#include "extract/emit.h"

/* What a sample has of each. */
struct form_counts {
    uint64_t feeds, pairs; /* LF alone, CR LF */
    uint64_t cells, quoted;
};

static bool is_delimiter(const struct dialect *dialect, struct slice rest)
{
    return dialect->delimiter_length > 0
           && slice_starts(rest, slice_make(dialect->delimiter, dialect->delimiter_length));
}

static void count_cell(struct form_counts *counts, struct slice rest)
{
    counts->cells++;
    counts->quoted += rest.length > 0 && rest.data[0] == '"';
}

/* Delimiters and line ends within quotes are text. */
static struct form_counts count_forms(struct slice sample, const struct dialect *dialect)
{
    struct form_counts counts = {0};
    bool quoted = false;

    count_cell(&counts, sample);
    for (size_t i = 0; i < sample.length; i++) {
        char c = sample.data[i];

        quoted ^= c == '"' && dialect->quote == '"';
        if (quoted)
            continue;
        if (c == '\n') {
            if (i > 0 && sample.data[i - 1] == '\r')
                counts.pairs++;
            else
                counts.feeds++;
            if (i + 1 < sample.length)
                count_cell(&counts, slice_skip(sample, i + 1));
        } else if (is_delimiter(dialect, slice_skip(sample, i))) {
            count_cell(&counts, slice_skip(sample, i + dialect->delimiter_length));
        }
    }
    return counts;
}

static const char *line_ends(const struct form_counts *counts, const struct encoding *encoding)
{
    if (encoding->carriage_returns)
        return "CR";
    if (counts->feeds > 0 && counts->pairs > 0)
        return "mixed";
    return counts->pairs > 0 ? "CRLF" : "LF";
}

static const char *quoting(const struct form_counts *counts)
{
    if (counts->quoted == 0)
        return "none";
    return counts->quoted == counts->cells ? "all" : "some";
}

int text_form_report(struct slice sample, const struct dialect *dialect,
                     const struct encoding *encoding, const struct sink *sink, struct tq_error *err)
{
    struct form_counts counts = count_forms(sample, dialect);
    int r = TQ_OK;

    if (counts.feeds + counts.pairs > 0 || encoding->carriage_returns)
        r = emit_fact(sink, "line-ends", slice_of(line_ends(&counts, encoding)), err);
    if (r == TQ_OK && dialect->delimiter_length > 0)
        r = emit_fact(sink, "quoting", slice_of(quoting(&counts)), err);
    if (r == TQ_OK && encoding->mark_bytes > 0)
        r = emit_fact(sink, "byte-order-mark", SLICE_LITERAL("yes"), err);
    return r;
}
