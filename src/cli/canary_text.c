/* SPDX-License-Identifier: AGPL-3.0-or-later */
/* What 'canary check' found, in words and as JSON. */
#include "cli/canary_text.h"

#include <inttypes.h>

#include "base/escape.h"
#include "canary/likelihood.h"

#define SHARE_SMALL  .01
#define SHARE_LARGE  .10
#define PLACES_SHOWN 5u /* of an exhibit; --json has them all */

/* ---- in words ---- */

static void add_scope(const struct canary_report *report, struct buf *out)
{
    const struct canary_scope *scope = &report->scope;
    char key[2 * CANARY_KEY_ID_BYTES + 1];

    hex_of(report->key_id, CANARY_KEY_ID_BYTES, key);
    escape_text(out, slice_of(report->plan->name));
    buf_format(out,
               ": %zu recipients, %u canaries, key %s\nlooked through: %" PRIu64
               " exhibits, %" PRIu64 " rows, %" PRIu64 " pages\n",
               report->plan->recipient_count, report->plan->total, key, scope->exhibits,
               scope->rows, scope->pages);
    if (scope->unread > 0)
        buf_format(out,
                   "not read, or not to their end: %" PRIu64
                   " exhibits; what is in them was not looked at\n",
                   scope->unread);
}

/* "records 3, 17, 40, ..." of the hits [first, end), which are of one exhibit. */
static void add_places(const struct canary_hit *hits, size_t count, struct buf *out)
{
    const char *lead = hits[0].place.record ? "record" : "page";

    buf_format(out, "%s%s", lead, count > 1 ? "s" : "");
    for (size_t i = 0; i < count && i < PLACES_SHOWN; i++)
        buf_format(out, "%s %u", i ? "," : "",
                   hits[i].place.record ? hits[i].place.record : hits[i].place.page);
    if (count > PLACES_SHOWN)
        buf_add_text(out, ", ...");
}

static void add_where(const struct canary_report *report, const struct canary_result *result,
                      struct buf *out)
{
    const struct canary_hit *hits = report->search->hits + result->hit_first;

    for (size_t i = 0; i < result->hit_count;) {
        size_t end = i + 1;

        while (end < result->hit_count && hits[end].place.exhibit == hits[i].place.exhibit)
            end++;
        buf_add_text(out, "  ");
        escape_text(out, slice_of(report->exhibits->items[hits[i].place.exhibit].path));
        buf_format(out, ": %zu places (", end - i);
        add_places(hits + i, end - i, out);
        buf_add_text(out, ")\n");
        i = end;
    }
}

static void add_chance(double chance, struct buf *out)
{
    if (chance < 1e-12)
        buf_add_text(out, "below 1e-12");
    else
        buf_format(out, "%.2g", chance);
}

static void add_found(const struct canary_report *report, size_t recipient, struct buf *out)
{
    const struct canary_result *result = &report->results[recipient];
    const char *since = report->plan->recipients[recipient].since;
    double low, high;

    share_interval(result->found, result->count, &low, &high);
    buf_format(out, "%u of %u canaries found\n", result->found, result->count);
    add_where(report, result, out);
    buf_format(
        out,
        "  share of the export that was published: %.1f %% (95 %% interval %.1f to %.1f %%)\n"
        "  chance that this is an accident: ",
        100.0 * result->found / result->count, 100 * low, 100 * high);
    add_chance(result->chance, out);
    buf_format(out,
               " (%" PRIu64 " values of the reserved block are in the leak, without canaries of "
               "others; it has some %.0f)\n",
               result->block_values, result->block_size);
    if (result->chance < CANARY_PROOF)
        buf_format(
            out,
            "  This proves that rows of this export were published, and that they left after "
            "%s.\n  It does not say who passed them on: whoever had the export could.\n",
            since);
    else if (result->chance < CANARY_LEAD)
        buf_format(
            out,
            "  This is a lead, no proof: it suggests that rows of this export were published "
            "after %s.\n",
            since);
    else
        buf_add_text(out, "  This proves nothing: so few among so many values of the block may be "
                          "an accident.\n");
}

static void add_none(const struct canary_result *result, struct buf *out)
{
    buf_format(out, "none of %u canaries found\n", result->count);
    if (result->count == 0)
        return;
    buf_format(out,
               "  This proves nothing. Had 1 %% of the export been published as it was, a canary "
               "would be\n  among it with a chance of %.1f %%; of 10 %%, %.1f %%. Who knows them "
               "can take them out.\n",
               100 * chance_to_be_seen(SHARE_SMALL, result->count),
               100 * chance_to_be_seen(SHARE_LARGE, result->count));
}

static void add_recipient(const struct canary_report *report, size_t i, struct buf *out)
{
    const struct canary_recipient *recipient = &report->plan->recipients[i];
    const struct canary_result *result = &report->results[i];

    buf_add_byte(out, '\n');
    escape_text(out, slice_of(recipient->name));
    buf_format(out, ", since %s: ", recipient->since);
    if (result->found > 0)
        add_found(report, i, out);
    else
        add_none(result, out);
    if (result->count < recipient->count)
        buf_format(out,
                   "  %u more have no identifier that another recipient has not too; they "
                   "are not counted.\n",
                   recipient->count - result->count);
}

/* Recipients with proof, together. */
static size_t count_proven(const struct canary_report *report)
{
    size_t count = 0;

    for (size_t i = 0; i < report->plan->recipient_count; i++)
        count += report->results[i].found > 0 && report->results[i].chance < CANARY_PROOF;
    return count;
}

static void add_together(const struct canary_report *report, struct buf *out)
{
    const char *earliest = canary_earliest(report->plan, report->results);
    size_t proven = count_proven(report);
    bool first = true;

    if (proven == 0)
        return;
    buf_format(out, "\nThe leak as a whole was put together after %s.\n", earliest);
    if (proven == 1)
        return;
    buf_format(out, "Canaries of %zu exports are in it: ", proven);
    for (size_t i = 0; i < report->plan->recipient_count; i++) {
        const struct canary_result *result = &report->results[i];

        if (result->found == 0 || result->chance >= CANARY_PROOF)
            continue;
        buf_add_text(out, first ? "" : ", ");
        escape_text(out, slice_of(report->plan->recipients[i].name));
        buf_format(out, " %u of %u", result->found, result->count);
        first = false;
    }
    buf_add_text(out, ".\nEither each of them was published, or somebody had several. Who compares "
                      "several exports can\ntake out what only one of them has, so the true shares "
                      "may be larger.\n");
}

void canary_report_text(const struct canary_report *report, struct buf *out)
{
    add_scope(report, out);
    for (size_t i = 0; i < report->plan->recipient_count; i++)
        add_recipient(report, i, out);
    add_together(report, out);
}

/* ---- as JSON ---- */

static void add_places_json(const struct canary_report *report, const struct canary_result *result,
                            struct buf *out)
{
    const struct canary_hit *hits = report->search->hits + result->hit_first;

    buf_add_text(out, ",\"places\":[");
    for (size_t i = 0; i < result->hit_count; i++) {
        const struct canary_place *place = &hits[i].place;

        buf_format(out, "%s{\"canary\":%u,\"exhibit\":", i ? "," : "", hits[i].canary);
        escape_json(out, slice_of(report->exhibits->items[place->exhibit].path));
        buf_format(out, ",\"%s\":%u}", place->record ? "record" : "page",
                   place->record ? place->record : place->page);
    }
    buf_add_byte(out, ']');
}

static void add_share_json(const struct canary_result *result, struct buf *out)
{
    double low = 0, high = 1;

    if (result->count > 0)
        share_interval(result->found, result->count, &low, &high);
    buf_format(out, ",\"share\":%.6f,\"share_low\":%.6f,\"share_high\":%.6f",
               result->count ? (double)result->found / result->count : 0, low, high);
    buf_format(out, ",\"seen_of_1_percent\":%.6f,\"seen_of_10_percent\":%.6f",
               chance_to_be_seen(SHARE_SMALL, result->count),
               chance_to_be_seen(SHARE_LARGE, result->count));
}

static void add_recipient_json(const struct canary_report *report, size_t i, struct buf *out)
{
    const struct canary_recipient *recipient = &report->plan->recipients[i];
    const struct canary_result *result = &report->results[i];

    buf_add_text(out, "{\"recipient\":");
    escape_json(out, slice_of(recipient->name));
    buf_format(out,
               ",\"since\":\"%s\",\"made\":%u,\"counted\":%u,\"found\":%u,\"chance\":%.6g"
               ",\"proven\":%s,\"block_values\":%" PRIu64 ",\"block_size\":%.0f",
               recipient->since, recipient->count, result->count, result->found, result->chance,
               result->found > 0 && result->chance < CANARY_PROOF ? "true" : "false",
               result->block_values, result->block_size);
    add_share_json(result, out);
    add_places_json(report, result, out);
    buf_add_byte(out, '}');
}

void canary_report_json(const struct canary_report *report, struct buf *out)
{
    const struct canary_scope *scope = &report->scope;
    const char *earliest = canary_earliest(report->plan, report->results);
    char key[2 * CANARY_KEY_ID_BYTES + 1];

    hex_of(report->key_id, CANARY_KEY_ID_BYTES, key);
    buf_add_text(out, "{\"plan\":");
    escape_json(out, slice_of(report->plan->name));
    buf_format(out,
               ",\"key_id\":\"%s\",\"exhibits\":%" PRIu64 ",\"rows\":%" PRIu64 ",\"pages\":%" PRIu64
               ",\"unread\":%" PRIu64 ",\"published_after\":",
               key, scope->exhibits, scope->rows, scope->pages, scope->unread);
    if (earliest)
        buf_format(out, "\"%s\"", earliest);
    else
        buf_add_text(out, "null");
    buf_add_text(out, ",\"recipients\":[");
    for (size_t i = 0; i < report->plan->recipient_count; i++) {
        buf_add_text(out, i ? "," : "");
        add_recipient_json(report, i, out);
    }
    buf_add_text(out, "]}\n");
}
