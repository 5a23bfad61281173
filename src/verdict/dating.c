/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "verdict/dating.h"

#include <math.h>
#include <stdlib.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "verdict/mixture.h"
#include "verdict/split.h"

/* algorithms.md 5.1 */
#define BIC_MARGIN    6    /* a further snapshot must win by more than this */
#define BIC_NEAR      5    /* a model this near widens the supports it splits */
#define SPLIT_TAIL    .01  /* of the mass on either side of a support */
#define HULL_SHARE    .15  /* of a snapshot of the larger model that may widen a support */
#define HULL_WIDTHS   10   /* ... and it must be this near, in widths of the support, */
#define HULL_MINUTES  1440 /* ... or in minutes */
#define SHARE_MIN     .2   /* a second snapshot needs this share of the rows (DESIGN section 6) */
#define BLOCK_MIN     20   /* ... or one contiguous block of at least this many rows, */
#define BLOCK_PURITY  .9   /* of which this share are its own */
#define CURVE_POINTS  400
#define LOG_FLOOR     -700 /* exp() of less is nothing */
#define MINUTES_A_DAY 1440

/* A snapshot of a model: its support, and what the rows say of its place. */
struct component {
    struct support support;
    double share;
    unsigned number; /* within its mixture */
};

static int64_t score_max(const struct interval_set *set, const int64_t *score)
{
    int64_t max = score[0];

    for (uint32_t i = 1; i < set->piece_count; i++)
        max = score[i] > max ? score[i] : max;
    return max;
}

/* The profile likelihood of a snapshot's place, read as a density. */
static int find_density(const struct interval_set *set, const struct mixture *mixture,
                        unsigned number, struct mixture_scratch *scratch,
                        struct density *out_density, struct tq_error *err)
{
    CLEANUP(free_cleanup) double *log = alloc_zeroed(set->piece_count, sizeof(*log));
    int64_t max;

    if (!log)
        return tq_no_memory(err);
    mixture_profile(set, mixture, number, scratch);
    max = score_max(set, scratch->score);
    for (uint32_t i = 0; i < set->piece_count; i++)
        log[i] = (double)(scratch->score[i] - max) / LOG_ONE;
    return density_make(set, log, out_density, err);
}

static int find_components(const struct interval_set *set, const struct mixture *mixture,
                           struct mixture_scratch *scratch, struct component *components,
                           struct tq_error *err)
{
    for (unsigned k = 0; k < mixture->count; k++) {
        CLEANUP(density_clear_cleanup) struct density density = {0};
        int r = find_density(set, mixture, k, scratch, &density, err);

        if (r < 0)
            return r;
        components[k] = (struct component){
            .support = density_support(&density), .share = mixture->share[k], .number = k};
    }
    return TQ_OK;
}

static double support_width(const struct support *support)
{
    return (double)support->to - (double)support->from;
}

/* The same quantiles when the snapshot may be two: see split.h. */
static void widen_by_split(const struct interval_set *set, const struct split *split,
                           struct support *support)
{
    double sum = 0, low = SPLIT_TAIL, high = 1 - SPLIT_TAIL;

    for (uint32_t i = 0; i < split->last - split->first; i++) {
        double mass = split->mass[i], length = piece_length(set, split->first + i);
        int32_t start = set->ends[split->first + i];

        if (mass > 0 && sum < low && sum + mass >= low) {
            int32_t at = (int32_t)floor(start + length * (low - sum) / mass);

            support->from = at < support->from ? at : support->from;
        }
        if (mass > 0 && sum < high && sum + mass >= high) {
            int32_t at = (int32_t)ceil(start + length * (high - sum) / mass);

            support->to = at > support->to ? at : support->to;
        }
        sum += mass;
    }
}

/* A nearly as good model with one snapshot more widens the supports that it splits. */
static void widen_supports(struct component *components, unsigned count,
                           const struct component *larger, unsigned larger_count)
{
    for (unsigned k = 0; k < count; k++) {
        struct support *support = &components[k].support, old = *support;
        double near = fmax(HULL_WIDTHS * support_width(&old), HULL_MINUTES);

        for (unsigned j = 0; j < larger_count; j++) {
            const struct support *part = &larger[j].support;

            if (larger[j].share < HULL_SHARE || fabs((double)part->best - old.best) > near)
                continue;
            support->from = part->from < support->from ? part->from : support->from;
            support->to = part->to > support->to ? part->to : support->to;
        }
    }
}

/* Add snapshots while that pays; *out_larger is the model that did not pay, if there is one. */
static void fit_models(const struct interval_set *set, struct mixture_scratch *scratch,
                       struct mixture *out_best, struct mixture *out_larger)
{
    struct mixture best;

    mixture_grow(set, NULL, scratch, &best);
    out_larger->count = 0;
    while (best.count < SNAPSHOTS_MAX) {
        struct mixture larger;

        mixture_grow(set, &best, scratch, &larger);
        if (mixture_bic(set, &larger) >= mixture_bic(set, &best) - BIC_MARGIN) {
            *out_larger = larger;
            break;
        }
        best = larger;
    }
    *out_best = best;
}

/* Which rows are a snapshot's own: true at its time and not at the main one. */
static int row_side(const struct dated_row *row, int32_t main, int32_t other)
{
    bool at_main = row->from <= main && main < row->to;
    bool at_other = row->from <= other && other < row->to;

    return row->from >= row->to || at_main == at_other ? 0 : at_other ? 1 : -1;
}

/* Whether the rows of a small snapshot lie together: rows between its first and its last 2 % are
 * its own to 90 %. */
static bool is_block(const struct dated_row *rows, size_t count, int32_t main, int32_t other)
{
    size_t own = 0, seen = 0, inside = 0, foreign = 0, trim;

    for (size_t i = 0; i < count; i++)
        own += row_side(&rows[i], main, other) > 0;
    if (own < BLOCK_MIN)
        return false;
    trim = own / 50 + 1;
    for (size_t i = 0; i < count; i++) {
        int side = row_side(&rows[i], main, other);

        if (side > 0)
            seen++;
        if (seen <= trim)
            continue;
        if (seen > own - trim)
            break;
        inside += side > 0;
        foreign += side < 0;
    }
    return (double)inside >= BLOCK_PURITY * (double)(inside + foreign);
}

static int by_share(const void *a, const void *b)
{
    const struct component *left = a, *right = b;

    if (left->share != right->share)
        return left->share < right->share ? 1 : -1;
    return (left->number > right->number) - (left->number < right->number);
}

/* Main snapshot first; what is too small to be one joins the scattered rows. The components kept
 * move to the front. */
static void keep_snapshots(const struct dated_row *rows, size_t count, struct component *components,
                           unsigned component_count, struct dating *dating)
{
    qsort(components, component_count, sizeof(*components), by_share);
    for (unsigned k = 0; k < component_count; k++) {
        const struct component *component = &components[k];
        const struct support *support = &component->support;

        if (k > 0 && component->share < SHARE_MIN
            && !is_block(rows, count, components[0].support.best, support->best)) {
            dating->background += component->share;
            continue;
        }
        dating->snapshots[dating->count] = (struct snapshot){.from = support->from,
                                                             .to = support->to,
                                                             .best = support->best,
                                                             .share = component->share};
        components[dating->count++] = *component;
    }
}

/* 1/(n h) days: n rows, each of which changes h times a day, told from the lengths of the intervals
 * and the ends that are changes (maximum likelihood under a constant rate). */
static double find_resolution(const struct interval_set *set)
{
    double changes = 0, days = 0;

    for (size_t i = 0; i < set->count; i++) {
        const struct counted_interval *item = &set->items[i];
        double length = (double)set->ends[item->last] - (double)set->ends[item->first];

        changes += item->rows * ((item->first > 0) + (item->last < set->piece_count));
        days += item->rows * length / MINUTES_A_DAY;
    }
    return changes > 0 ? days / changes / (double)set->rows : 0;
}

/* Log-likelihood at a moment, over the snapshots that were kept: the better of them. */
struct curve {
    int32_t from[SNAPSHOTS_MAX], to[SNAPSHOTS_MAX];
    unsigned window_count;
};

static void find_windows(const struct interval_set *set, const struct dating *dating,
                         struct curve *curve)
{
    int32_t start = set->ends[0], end = set->ends[set->piece_count] - 1;

    curve->window_count = dating->count;
    for (unsigned k = 0; k < dating->count; k++) {
        const struct snapshot *snapshot = &dating->snapshots[k];
        double low = snapshot->from < start ? start : snapshot->from;
        double high = snapshot->to > end ? end : snapshot->to;
        double margin = fmax(2 * (high - low), MINUTES_A_DAY);

        curve->from[k] = (int32_t)fmax(low - margin, start);
        curve->to[k] = (int32_t)fmin(high + margin, end);
    }
    /* Rising and apart: a small number of windows, sorted by insertion, then joined. */
    for (unsigned i = 1; i < curve->window_count; i++) {
        for (unsigned j = i; j > 0 && curve->from[j] < curve->from[j - 1]; j--) {
            int32_t from = curve->from[j], to = curve->to[j];

            curve->from[j] = curve->from[j - 1];
            curve->to[j] = curve->to[j - 1];
            curve->from[j - 1] = from;
            curve->to[j - 1] = to;
        }
    }
    for (unsigned i = 1; i < curve->window_count; i++) {
        if (curve->from[i] <= curve->to[i - 1])
            curve->from[i] = curve->to[i - 1] < curve->to[i] ? curve->to[i - 1] + 1 : curve->to[i];
    }
}

static int place_points(const struct interval_set *set, struct dating *dating, struct tq_error *err)
{
    struct curve curve;
    unsigned each = CURVE_POINTS / dating->count;

    find_windows(set, dating, &curve);
    dating->curve_at = alloc_zeroed(CURVE_POINTS, sizeof(*dating->curve_at));
    dating->curve_log = alloc_zeroed(CURVE_POINTS, sizeof(*dating->curve_log));
    if (!dating->curve_at || !dating->curve_log)
        return tq_no_memory(err);
    for (unsigned k = 0; k < curve.window_count; k++) {
        int64_t width = (int64_t)curve.to[k] - curve.from[k];

        for (unsigned i = 0; i < each; i++) {
            int32_t at = (int32_t)(curve.from[k] + width * i / (each - 1));

            if (dating->curve_count > 0 && at <= dating->curve_at[dating->curve_count - 1])
                continue;
            dating->curve_log[dating->curve_count] = LOG_FLOOR;
            dating->curve_at[dating->curve_count++] = at;
        }
    }
    return TQ_OK;
}

static int draw_curve(const struct interval_set *set, const struct mixture *mixture,
                      const struct component *kept, struct mixture_scratch *scratch,
                      struct dating *dating, struct tq_error *err)
{
    int r = place_points(set, dating, err);

    if (r < 0)
        return r;
    for (unsigned k = 0; k < dating->count; k++) {
        int64_t max;

        mixture_profile(set, mixture, kept[k].number, scratch);
        max = score_max(set, scratch->score);
        for (uint32_t i = 0; i < dating->curve_count; i++) {
            uint32_t piece = interval_set_piece(set, dating->curve_at[i]);
            double value = (double)(scratch->score[piece] - max) / LOG_ONE;

            if (value > (double)dating->curve_log[i])
                dating->curve_log[i] = (float)value;
        }
    }
    return TQ_OK;
}

/* Supports of all snapshots of the best model, with everything that widens them, and the splits. */
static int find_all_supports(const struct interval_set *set, const struct mixture *best,
                             const struct mixture *larger, struct mixture_scratch *scratch,
                             struct component *components, struct split *splits,
                             struct tq_error *err)
{
    double resolution_minutes = find_resolution(set) * MINUTES_A_DAY;
    int r = find_components(set, best, scratch, components, err);

    if (r < 0)
        return r;
    if (larger->count > 0 && mixture_bic(set, larger) < mixture_bic(set, best) + BIC_NEAR) {
        struct component more[SNAPSHOTS_MAX];

        r = find_components(set, larger, scratch, more, err);
        if (r < 0)
            return r;
        widen_supports(components, best->count, more, larger->count);
    }
    for (unsigned k = 0; k < best->count; k++) {
        r = split_find(set, best, k, resolution_minutes, &splits[k], err);
        if (r < 0)
            return r;
        widen_by_split(set, &splits[k], &components[k].support);
    }
    return TQ_OK;
}

/* ---- evidence for others ---- */

/* One snapshot or two near each other, each taken for as likely: their densities together. */
static int find_evidence(const struct interval_set *set, const struct mixture *mixture,
                         unsigned number, const struct split *split,
                         struct mixture_scratch *scratch, struct density *out_density,
                         struct tq_error *err)
{
    CLEANUP(free_cleanup) double *log_density = alloc_zeroed(set->piece_count, sizeof(double));
    double total = 0;
    int64_t max;

    if (!log_density)
        return tq_no_memory(err);
    mixture_profile(set, mixture, number, scratch);
    max = score_max(set, scratch->score);
    for (uint32_t i = 0; i < set->piece_count; i++) {
        log_density[i] = (double)(scratch->score[i] - max) / LOG_ONE;
        total += piece_length(set, i) * exp(log_density[i]);
    }
    for (uint32_t i = split->first; i < split->last; i++) {
        double two = split->mass[i - split->first] / piece_length(set, i);

        log_density[i] = log(exp(log_density[i]) + total * two);
    }
    return density_make(set, log_density, out_density, err);
}

static int keep_evidence(const struct interval_set *set, const struct mixture *mixture,
                         const struct component *kept, const struct split *splits, unsigned count,
                         struct mixture_scratch *scratch, struct dating_evidence *evidence,
                         struct tq_error *err)
{
    int r = TQ_OK;

    for (unsigned k = 0; k < count && r == TQ_OK; k++)
        r = find_evidence(set, mixture, kept[k].number, &splits[kept[k].number], scratch,
                          &evidence->places[k], err);
    return r;
}

void dating_evidence_clear(struct dating_evidence *evidence)
{
    for (unsigned k = 0; k < SNAPSHOTS_MAX; k++)
        density_clear(&evidence->places[k]);
    *evidence = (struct dating_evidence){0};
}

/* ---- the whole ---- */

struct fit {
    struct mixture best, larger;
    struct component components[SNAPSHOTS_MAX];
    struct split splits[SNAPSHOTS_MAX]; /* of the best model */
};

static void fit_clear(struct fit *fit)
{
    for (unsigned k = 0; k < SNAPSHOTS_MAX; k++)
        split_clear(&fit->splits[k]);
}

static int fit_set(const struct dated_row *rows, size_t count, const struct interval_set *set,
                   struct dating *dating, struct dating_evidence *evidence, struct tq_error *err)
{
    CLEANUP(mixture_scratch_clear_cleanup) struct mixture_scratch scratch = {0};
    CLEANUP(fit_clear) struct fit fit = {0};
    int r = mixture_scratch_init(&scratch, set, err);

    if (r < 0)
        return r;
    fit_models(set, &scratch, &fit.best, &fit.larger);
    r = find_all_supports(set, &fit.best, &fit.larger, &scratch, fit.components, fit.splits, err);
    if (r < 0)
        return r;
    dating->background = fit.best.background;
    dating->error = fit.best.error;
    dating->resolution_days = find_resolution(set);
    keep_snapshots(rows, count, fit.components, fit.best.count, dating);
    r = keep_evidence(set, &fit.best, fit.components, fit.splits, dating->count, &scratch, evidence,
                      err);
    if (r < 0)
        return r;
    return draw_curve(set, &fit.best, fit.components, &scratch, dating, err);
}

/* Too few rows to be fitted: what they say by themselves. */
static void keep_few(const struct dated_row *rows, size_t count, struct dating_evidence *evidence)
{
    for (size_t i = 0; i < count && evidence->few_count < DATED_ROWS_MIN; i++) {
        if (rows[i].from < rows[i].to && (rows[i].from != MOMENT_MIN || rows[i].to != MOMENT_MAX))
            evidence->few[evidence->few_count++] = rows[i];
    }
}

static void dating_clear_cleanup(struct dating *dating)
{
    dating_clear(dating);
}

int dating_fit(const struct dated_row *rows, size_t count, int32_t known_from, int32_t known_to,
               struct dating *out_dating, struct dating_evidence *out_evidence,
               struct tq_error *err)
{
    CLEANUP(interval_set_clear_cleanup) struct interval_set set = {0};
    CLEANUP(dating_clear_cleanup) struct dating dating = {0};
    CLEANUP(dating_evidence_clear) struct dating_evidence evidence = {0};
    int r;

    r = interval_set_make(rows, count, known_from, known_to, &set, err);
    if (r < 0)
        return r;
    dating.rows = set.rows_all;
    row_sketch_add(&evidence.sketch, rows, count);
    if (set.rows >= DATED_ROWS_MIN) {
        r = fit_set(rows, count, &set, &dating, &evidence, err);
        if (r < 0)
            return r;
    } else {
        keep_few(rows, count, &evidence);
    }
    *out_dating = dating;
    *out_evidence = evidence;
    dating = (struct dating){0};
    evidence = (struct dating_evidence){0};
    return TQ_OK;
}
