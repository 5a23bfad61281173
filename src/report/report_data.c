/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "report/report_data.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"

void report_data_close(struct report_data *data)
{
    for (size_t i = 0; data->tables && i < data->view.table_count; i++)
        dating_clear(&data->tables[i].dating);
    for (size_t i = 0; i < data->note_count; i++)
        free(data->notes[i].text);
    for (size_t i = 0; i < data->count_count; i++) {
        free(data->counts[i].measure);
        free(data->counts[i].kind);
        free(data->counts[i].category);
        free(data->counts[i].verdict);
    }
    free(data->tables);
    free(data->exhibits);
    free(data->notes);
    free(data->counts);
    free(data->unseen);
    recapture_view_close(&data->recaptures);
    buf_clear(&data->title);
    buf_clear(&data->register_name);
    buf_clear(&data->register_seal);
    document_clusters_close(&data->clusters);
    document_view_close(&data->documents);
    case_view_close(&data->view);
    *data = (struct report_data){0};
}

static int gather_records(struct report_data *data, struct tq_error *err)
{
    struct case_view *view = &data->view;

    for (size_t i = 0; i < view->record_count; i++) {
        const struct record_place *place = &view->records[i];
        const struct record_finding *record;
        const struct cell_finding *cells;
        int r = case_view_record(view, place, &record, &cells, err);

        if (r < 0)
            return r;
        data->records++;
        data->verdicts[record->verdict]++;
        data->tables[place->table].records++;
        data->tables[place->table].verdicts[record->verdict]++;
        data->exhibits[place->exhibit].records++;
    }
    return TQ_OK;
}

static int gather_tables(struct report_data *data, struct tq_error *err)
{
    struct case_view *view = &data->view;

    data->tables = alloc_zeroed(view->table_count + 1, sizeof(*data->tables));
    data->exhibits = alloc_zeroed(view->exhibits.count + 1, sizeof(*data->exhibits));
    if (!data->tables || !data->exhibits)
        return tq_no_memory(err);
    for (size_t i = 0; i < view->exhibits.count; i++)
        data->bytes += view->exhibits.items[i].size_bytes;
    for (size_t i = 0; i < view->table_count; i++) {
        int r = case_get_dating(view->store, view->tables[i].stored->number,
                                &data->tables[i].dating, err);

        if (r < 0)
            return r;
    }
    return gather_records(data, err);
}

static int add_note(void *state, uint32_t exhibit, uint64_t place, struct slice text,
                    struct tq_error *err)
{
    struct report_data *data = state;
    struct exhibit_note *note;
    int r = alloc_reserve(&data->notes, &data->note_capacity, data->note_count + 1,
                          sizeof(*data->notes), err);

    if (r < 0)
        return r;
    if (exhibit >= data->view.exhibits.position_count
        || data->view.exhibits.position[exhibit] == UINT32_MAX)
        return TQ_OK;
    note = &data->notes[data->note_count];
    *note = (struct exhibit_note){.position = data->view.exhibits.position[exhibit],
                                  .place = place,
                                  .text = alloc_zeroed(text.length + 1, 1)};
    if (!note->text)
        return tq_no_memory(err);
    if (text.length > 0)
        memcpy(note->text, text.data, text.length);
    data->note_count++;
    data->exhibits[note->position].notes++;
    return TQ_OK;
}

static int compare_notes(const void *a, const void *b)
{
    const struct exhibit_note *first = a, *second = b;

    if (first->position != second->position)
        return first->position < second->position ? -1 : 1;
    if (first->place != second->place)
        return first->place < second->place ? -1 : 1;
    return strcmp(first->text, second->text);
}

static int add_count(void *state, const struct count_row *row, struct tq_error *err)
{
    struct report_data *data = state;
    struct subject_count *count;
    int r = alloc_reserve(&data->counts, &data->count_capacity, data->count_count + 1,
                          sizeof(*data->counts), err);

    if (r < 0)
        return r;
    count = &data->counts[data->count_count++];
    *count = (struct subject_count){.measure = strdup(row->measure),
                                    .kind = strdup(row->kind),
                                    .category = strdup(row->category),
                                    .verdict = strdup(row->verdict),
                                    .value = row->value,
                                    .low = row->low,
                                    .high = row->high};
    if (!count->measure || !count->kind || !count->category || !count->verdict)
        return tq_no_memory(err);
    return TQ_OK;
}

static int add_unseen(void *state, const struct unseen_row *row, struct tq_error *err)
{
    struct report_data *data = state;
    int r = alloc_reserve(&data->unseen, &data->unseen_capacity, data->unseen_count + 1,
                          sizeof(*data->unseen), err);

    if (r == TQ_OK)
        data->unseen[data->unseen_count++] = *row;
    return r;
}

static int add_subject(void *state, const struct subject_row *row, struct slice key,
                       struct tq_error *err)
{
    struct report_data *data = state;
    unsigned level = row->severity < 2 ? 0 : row->severity < 3 ? 1 : row->severity < 4 ? 2 : 3;

    (void)key;
    (void)err;
    data->subjects++;
    if (row->exposed)
        data->severity[level]++;
    return TQ_OK;
}

static int gather(struct case_store *store, struct report_data *data, struct tq_error *err)
{
    int r = case_view_open(store, &data->view, err);

    if (r == TQ_OK)
        r = document_view_open(&data->view, &data->documents, err);
    if (r == TQ_OK)
        r = document_clusters_open(&data->view, &data->documents, &data->clusters, err);
    if (r == TQ_OK)
        r = gather_tables(data, err);
    if (r == TQ_OK)
        r = case_get_value(store, "title", &data->title, err);
    if (r == TQ_OK)
        r = case_get_value(store, "register.name", &data->register_name, err);
    if (r == TQ_OK)
        r = case_get_value(store, "register.seal", &data->register_seal, err);
    if (r == TQ_OK)
        r = case_notes(store, 0, add_note, data, err);
    if (r == TQ_OK)
        r = case_counts(store, add_count, data, err);
    if (r == TQ_OK)
        r = case_unseen(store, add_unseen, data, err);
    if (r == TQ_OK)
        r = recapture_view_open(store, &data->recaptures, err);
    if (r == TQ_OK)
        r = case_subjects(store, add_subject, data, err);
    if (r == TQ_OK)
        r = exhibit_ends_count(store, &data->view.exhibits, &data->ends, err);
    if (data->note_count > 0)
        qsort(data->notes, data->note_count, sizeof(*data->notes), compare_notes);
    return r;
}

int report_data_open(struct case_store *store, struct report_data *out_data, struct tq_error *err)
{
    struct report_data data = {0};
    int r = gather(store, &data, err);

    if (r < 0) {
        report_data_close(&data);
        return r;
    }
    *out_data = data;
    return TQ_OK;
}

struct subject_count report_data_count(const struct report_data *data, const char *measure,
                                       const char *kind, const char *category)
{
    for (size_t i = 0; i < data->count_count; i++) {
        const struct subject_count *count = &data->counts[i];

        if (strcmp(count->measure, measure) == 0 && strcmp(count->kind, kind ? kind : "") == 0
            && strcmp(count->category, category ? category : "") == 0 && !count->verdict[0])
            return *count;
    }
    return (struct subject_count){0};
}
