/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "model/verdict.h"

static const char *const cell_names[CELL_VERDICT_COUNT] = {
    [CELL_NOT_JUDGED] = "not-judged",
    [CELL_AGREES] = "agrees",
    [CELL_AGREES_EARLIER] = "agrees-earlier",
    [CELL_AGREES_LATER] = "agrees-later",
    [CELL_VARIANT] = "variant",
    [CELL_TRUNCATED] = "truncated",
    [CELL_MISSING] = "missing",
    [CELL_CONTRADICTS] = "contradicts",
    [CELL_OTHER_SUBJECT] = "other-subject",
    [CELL_UNKNOWN] = "unknown",
};

static const char *const record_names[RECORD_VERDICT_COUNT] = {
    [RECORD_UNVERIFIABLE] = "unverifiable",   [RECORD_UNFOUNDED] = "unfounded",
    [RECORD_MISATTRIBUTED] = "misattributed", [RECORD_ALTERED] = "altered",
    [RECORD_INCOMPLETE] = "incomplete",       [RECORD_STALE] = "stale",
    [RECORD_AUTHENTIC] = "authentic",
};

static bool find_name(struct slice word, const char *const *names, unsigned count,
                      unsigned *out_number)
{
    for (unsigned i = 0; i < count; i++) {
        if (slice_is(word, names[i])) {
            *out_number = i;
            return true;
        }
    }
    return false;
}

const char *cell_verdict_name(enum cell_verdict verdict)
{
    return cell_names[verdict];
}

bool cell_verdict_parse(struct slice word, enum cell_verdict *out_verdict)
{
    unsigned number;

    if (!find_name(word, cell_names, CELL_VERDICT_COUNT, &number))
        return false;
    *out_verdict = (enum cell_verdict)number;
    return true;
}

const char *record_verdict_name(enum record_verdict verdict)
{
    return record_names[verdict];
}

bool record_verdict_parse(struct slice word, enum record_verdict *out_verdict)
{
    unsigned number;

    if (!find_name(word, record_names, RECORD_VERDICT_COUNT, &number))
        return false;
    *out_verdict = (enum record_verdict)number;
    return true;
}

bool cell_counts_as_agreeing(enum cell_verdict verdict)
{
    return verdict == CELL_AGREES || verdict == CELL_VARIANT || verdict == CELL_AGREES_LATER;
}

bool cell_exposes(enum cell_verdict verdict)
{
    return cell_counts_as_agreeing(verdict) || verdict == CELL_AGREES_EARLIER;
}
