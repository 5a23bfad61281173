/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "base/limits.h"
#include "register/description_column.h"

static int snapshot_date(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_snapshot *snapshot = target;

    return yaml_read_text(reader, value, "date", &snapshot->date);
}

static int snapshot_file(struct yaml_reader *reader, yaml_node_t *value, void *target)
{
    struct described_snapshot *snapshot = target;

    return description_read_path(reader, value, &snapshot->file);
}

static int read_snapshot(struct yaml_reader *reader, yaml_node_t *node,
                         struct described_snapshot *out)
{
    static const struct yaml_key rules[] = {{"date", snapshot_date}, {"file", snapshot_file}};
    int r = yaml_read_mapping(reader, node, "key of a snapshot", rules,
                              sizeof(rules) / sizeof(rules[0]), out);

    if (r < 0)
        return r;
    out->line = (unsigned)node->start_mark.line + 1;
    if (!out->date || !out->file)
        return yaml_complain(reader, node,
                             "a snapshot needs date and file, as "
                             "{date: 2024-01-31, file: insured-2024-01.csv}");
    return TQ_OK;
}

int description_read_snapshots(struct yaml_reader *reader, const yaml_node_t *node,
                               struct described_table *table)
{
    size_t count = 0;

    if (node->type == YAML_SEQUENCE_NODE)
        count = (size_t)(node->data.sequence.items.top - node->data.sequence.items.start);
    if (count == 0 || count > TABLE_SNAPSHOTS_MAX)
        return yaml_complain(reader, node,
                             "snapshots must be a list of 1 to %u exports, as "
                             "[{date: 2024-01-31, file: insured-2024-01.csv}]",
                             TABLE_SNAPSHOTS_MAX);
    table->snapshots = arena_alloc(reader->arena, count, sizeof(*table->snapshots));
    if (!table->snapshots)
        return tq_no_memory(reader->err);
    for (size_t i = 0; i < count; i++) {
        struct described_snapshot *snapshot = &table->snapshots[table->snapshot_count];
        int r;

        *snapshot = (struct described_snapshot){0};
        r = read_snapshot(
            reader, yaml_document_get_node(reader->document, node->data.sequence.items.start[i]),
            snapshot);
        if (r < 0)
            return r;
        table->snapshot_count++;
    }
    return TQ_OK;
}
