/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "rules/yaml_words.h"

#include "base/cleanup.h"
#include "normalise/country.h"
#include "normalise/normalise.h"

static size_t find_word(const yaml_node_t *node, const char *const *words, size_t count)
{
    size_t i = 0;

    while (i < count && !slice_is(yaml_scalar(node), words[i]))
        i++;
    return i;
}

int yaml_read_words(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                    const char *const *words, size_t count, yaml_node_t **out_nodes)
{
    if (node->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, node, "expected a mapping here (%s: value)", words[0]);
    for (const yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        const yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
        int r = yaml_want_scalar(reader, key, what);
        size_t word;

        if (r < 0)
            return r;
        word = find_word(key, words, count);
        if (word == count)
            return yaml_unknown_word(reader, key, what, words, count);
        r = yaml_refuse_repeated_key(reader, node, pair);
        if (r < 0)
            return r;
        out_nodes[word] = yaml_document_get_node(reader->document, pair->value);
    }
    return TQ_OK;
}

int yaml_read_code(struct yaml_reader *reader, const yaml_node_t *node, const char **out_code)
{
    const struct normaliser rules = {.country = country_find(slice_of("MA"))}; /* codes have none */
    CLEANUP(buf_clear_cleanup) struct buf code = {0};
    int r = yaml_want_scalar(reader, node, "a code");

    if (r < 0)
        return r;
    if (!normalise(&rules, AS_CODE, yaml_scalar(node), &code)) {
        r = buf_check(&code, reader->err);
        return r < 0 ? r : yaml_complain(reader, node, "this is no code");
    }
    r = buf_check(&code, reader->err);
    if (r < 0)
        return r;
    *out_code = yaml_keep(reader, buf_slice(&code));
    return *out_code ? TQ_OK : tq_no_memory(reader->err);
}
