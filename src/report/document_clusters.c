/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/document_clusters.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/cleanup.h"
#include "model/document_structure.h"

/* A document, as far as it matters to which cluster it belongs. */
struct member {
    uint32_t exhibit; /* position under which its records are listed */
    const char *layout;
    struct slice producer, creator, page, fonts;
    char date[CLUSTER_DATE_BYTES];
};

struct clustering {
    struct case_view *view;
    struct document_clusters clusters;
    struct member *members; /* owned */
    size_t count, capacity;
    uint32_t last;        /* number of the exhibit whose facts came last */
    uint32_t *cluster_of; /* by exhibit position, with 1 added; 0: none; owned */
};

/* ---- facts become members ---- */

static int keep(struct clustering *clustering, struct slice text, struct slice *out,
                struct tq_error *err)
{
    const char *kept = arena_text(&clustering->clusters.texts, text);

    if (!kept)
        return tq_no_memory(err);
    *out = slice_make(kept, text.length);
    return TQ_OK;
}

static int keep_structure(struct clustering *clustering, struct member *member, struct slice text,
                          struct tq_error *err)
{
    CLEANUP(buf_clear_cleanup) struct buf fonts = {0};
    struct document_structure structure;
    char page[32];
    int r;

    if (!document_structure_parse(text, &structure))
        return TQ_OK;
    for (uint32_t i = 0; i < structure.font_count; i++)
        buf_format(&fonts, "%s%s", i ? ";" : "", structure.fonts[i].name);
    r = buf_check(&fonts, err);
    if (r < 0)
        return r;
    (void)snprintf(page, sizeof(page), "%.0fx%.0f", structure.width, structure.height);
    r = keep(clustering, slice_of(structure.width > 0 ? page : ""), &member->page, err);
    return r < 0 ? r : keep(clustering, buf_slice(&fonts), &member->fonts, err);
}

/* "D:20240304...": the day. */
static void keep_date(struct member *member, struct slice text)
{
    if (slice_starts(text, SLICE_LITERAL("D:")))
        text = slice_skip(text, 2);
    if (text.length < 8)
        return;
    for (unsigned i = 0; i < 8; i++) {
        if (text.data[i] < '0' || text.data[i] > '9')
            return;
    }
    (void)snprintf(member->date, sizeof(member->date), "%.4s-%.2s-%.2s", text.data, text.data + 4,
                   text.data + 6);
}

static int add_member(struct clustering *clustering, uint32_t exhibit, struct tq_error *err)
{
    const struct exhibit_list *list = &clustering->view->exhibits;
    int r = alloc_reserve(&clustering->members, &clustering->capacity, clustering->count + 1,
                          sizeof(*clustering->members), err);

    if (r < 0)
        return r;
    clustering->last = exhibit;
    clustering->members[clustering->count++] =
        (struct member){.exhibit = list->primary[list->position[exhibit]],
                        .layout = "",
                        .producer = SLICE_LITERAL(""),
                        .creator = SLICE_LITERAL(""),
                        .page = SLICE_LITERAL(""),
                        .fonts = SLICE_LITERAL("")};
    return TQ_OK;
}

/* Facts come exhibit by exhibit; the structure of a PDF comes first. */
static int take_fact(void *state, uint32_t exhibit, struct slice name, struct slice value,
                     struct tq_error *err)
{
    struct clustering *clustering = state;
    const struct exhibit_list *list = &clustering->view->exhibits;
    struct member *member;
    int r;

    if (exhibit >= list->position_count || list->position[exhibit] == UINT32_MAX)
        return TQ_OK;
    if (slice_is(name, DOCUMENT_STRUCTURE_FACT) && clustering->last != exhibit) {
        r = add_member(clustering, exhibit, err);
        return r < 0 ? r
                     : keep_structure(clustering, &clustering->members[clustering->count - 1],
                                      value, err);
    }
    if (clustering->count == 0 || clustering->last != exhibit)
        return TQ_OK;
    member = &clustering->members[clustering->count - 1];
    if (slice_is(name, "producer"))
        return keep(clustering, value, &member->producer, err);
    if (slice_is(name, "creator"))
        return keep(clustering, value, &member->creator, err);
    if (slice_is(name, "created"))
        keep_date(member, value);
    return TQ_OK;
}

/* ---- members become clusters ---- */

/* Which layout the records of each exhibit are in; those of free text are in none. */
static int find_layouts(struct clustering *clustering, struct tq_error *err)
{
    const struct case_view *view = clustering->view;
    CLEANUP(free_cleanup)
    const char **layouts = alloc_zeroed(view->exhibits.count + 1, sizeof(*layouts));

    if (!layouts)
        return tq_no_memory(err);
    for (size_t i = 0; i < view->record_count; i++) {
        const struct table *head = &view->tables[view->records[i].table].stored->head;

        if (strcmp(head->origin, "text") != 0)
            layouts[view->records[i].exhibit] = head->name;
    }
    for (size_t i = 0; i < clustering->count; i++) {
        if (layouts[clustering->members[i].exhibit])
            clustering->members[i].layout = layouts[clustering->members[i].exhibit];
    }
    return TQ_OK;
}

static int compare_kinds(const struct member *a, const struct member *b)
{
    const struct slice first[] = {slice_of(a->layout), a->producer, a->creator, a->page, a->fonts};
    const struct slice second[] = {slice_of(b->layout), b->producer, b->creator, b->page, b->fonts};
    int order = 0;

    for (unsigned i = 0; i < 5 && order == 0; i++)
        order = slice_compare(first[i], second[i]);
    return order;
}

static int order_members(const void *a, const void *b)
{
    const struct member *first = a, *second = b;
    int order = compare_kinds(first, second);

    return order ? order : (first->exhibit > second->exhibit) - (first->exhibit < second->exhibit);
}

static void add_to_cluster(struct document_cluster *cluster, const struct member *member)
{
    cluster->documents++;
    if (!member->date[0])
        return;
    if (!cluster->first[0] || strcmp(member->date, cluster->first) < 0)
        memcpy(cluster->first, member->date, sizeof(cluster->first));
    if (strcmp(member->date, cluster->last) > 0)
        memcpy(cluster->last, member->date, sizeof(cluster->last));
}

static int make_clusters(struct clustering *clustering, struct tq_error *err)
{
    struct document_clusters *clusters = &clustering->clusters;
    struct member *members = clustering->members;

    if (clustering->count > 0)
        qsort(members, clustering->count, sizeof(*members), order_members);
    for (size_t i = 0; i < clustering->count; i++) {
        int r = alloc_reserve(&clusters->items, &clusters->capacity, clusters->count + 1,
                              sizeof(*clusters->items), err);

        if (r < 0)
            return r;
        if (i == 0 || compare_kinds(&members[i - 1], &members[i]) != 0)
            clusters->items[clusters->count++] =
                (struct document_cluster){.layout = members[i].layout,
                                          .producer = members[i].producer,
                                          .creator = members[i].creator,
                                          .page = members[i].page,
                                          .fonts = members[i].fonts};
        add_to_cluster(&clusters->items[clusters->count - 1], &members[i]);
        clustering->cluster_of[members[i].exhibit] = (uint32_t)clusters->count;
    }
    return TQ_OK;
}

/* ---- what their records are worth ---- */

static struct document_cluster *cluster_of(struct clustering *clustering, uint32_t exhibit)
{
    uint32_t number = clustering->cluster_of[exhibit];

    return number ? &clustering->clusters.items[number - 1] : NULL;
}

static int count_records(struct clustering *clustering, struct tq_error *err)
{
    struct case_view *view = clustering->view;

    for (size_t i = 0; i < view->record_count; i++) {
        struct document_cluster *cluster = cluster_of(clustering, view->records[i].exhibit);
        const struct record_finding *record;
        const struct cell_finding *cells;
        int r = cluster ? case_view_record(view, &view->records[i], &record, &cells, err) : TQ_OK;

        if (r < 0)
            return r;
        if (!cluster)
            continue;
        cluster->records++;
        cluster->borne_out += record->verdict == RECORD_AUTHENTIC || record->verdict == RECORD_STALE
                              || record->verdict == RECORD_INCOMPLETE;
        cluster->doubtful += record->verdict == RECORD_ALTERED
                             || record->verdict == RECORD_MISATTRIBUTED
                             || record->verdict == RECORD_UNFOUNDED;
    }
    return TQ_OK;
}

static void count_signs(struct clustering *clustering, const struct document_view *documents)
{
    uint32_t last = UINT32_MAX;

    for (size_t i = 0; i < documents->count; i++) {
        const struct viewed_sign *sign = &documents->signs[i];
        struct document_cluster *cluster = cluster_of(clustering, sign->exhibit);

        if (sign->row.weight == WEIGHT_WEAK || sign->exhibit == last || !cluster)
            continue;
        cluster->with_signs++;
        last = sign->exhibit;
    }
}

static int order_clusters(const void *a, const void *b)
{
    const struct document_cluster *first = a, *second = b;
    int order = strcmp(first->layout, second->layout);

    if (order != 0)
        return order;
    if (first->documents != second->documents)
        return first->documents > second->documents ? -1 : 1;
    order = slice_compare(first->producer, second->producer);
    if (order == 0)
        order = slice_compare(first->creator, second->creator);
    if (order == 0)
        order = slice_compare(first->page, second->page);
    return order ? order : slice_compare(first->fonts, second->fonts);
}

static int cluster_all(struct clustering *clustering, const struct document_view *documents,
                       struct tq_error *err)
{
    struct document_clusters *clusters = &clustering->clusters;
    int r = case_facts(clustering->view->store, 0, take_fact, clustering, err);

    clustering->cluster_of =
        alloc_zeroed(clustering->view->exhibits.count + 1, sizeof(*clustering->cluster_of));
    if (r == TQ_OK && !clustering->cluster_of)
        r = tq_no_memory(err);
    if (r == TQ_OK)
        r = find_layouts(clustering, err);
    if (r == TQ_OK)
        r = make_clusters(clustering, err);
    if (r == TQ_OK)
        r = count_records(clustering, err);
    if (r < 0)
        return r;
    count_signs(clustering, documents);
    if (clusters->count > 0)
        qsort(clusters->items, clusters->count, sizeof(*clusters->items), order_clusters);
    return TQ_OK;
}

int document_clusters_open(struct case_view *view, const struct document_view *documents,
                           struct document_clusters *out_clusters, struct tq_error *err)
{
    struct clustering clustering = {.view = view};
    int r = cluster_all(&clustering, documents, err);

    free(clustering.members);
    free(clustering.cluster_of);
    if (r < 0) {
        document_clusters_close(&clustering.clusters);
        return r;
    }
    *out_clusters = clustering.clusters;
    return TQ_OK;
}

void document_clusters_close(struct document_clusters *clusters)
{
    free(clusters->items);
    arena_clear(&clusters->texts);
    *clusters = (struct document_clusters){0};
}
