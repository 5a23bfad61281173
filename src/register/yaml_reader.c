/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "register/yaml_reader.h"

#include "base/cleanup.h"
#include "base/escape.h"
#include "normalise/similarity.h"

#define WORD_BYTES_MAX 64u /* names go into columns of exports */
#define LISTED_MAX     20u /* words listed in a complaint */
#define SUGGEST_MIN    .75 /* Jaro-Winkler of a likely typing mistake */

int yaml_complain(struct yaml_reader *reader, const yaml_node_t *node, const char *format, ...)
{
    char message[sizeof(reader->err->message)];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(message, sizeof(message), format, arguments);
    va_end(arguments);
    return tq_fail(reader->err, TQ_E_SYNTAX, "%s:%zu:%zu: %s", reader->file,
                   node->start_mark.line + 1, node->start_mark.column + 1, message);
}

struct slice yaml_scalar(const yaml_node_t *node)
{
    return slice_make((const char *)node->data.scalar.value, node->data.scalar.length);
}

/* Text of the description in a complaint: escaped and not too long. */
const char *yaml_shown(const yaml_node_t *node, struct buf *out)
{
    struct slice text = yaml_scalar(node);

    buf_empty(out);
    escape_text(out, slice_make(text.data, text.length < 60 ? text.length : 60));
    return out->data ? out->data : "";
}

/* "; did you mean 'date'? known are id, date, ..." */
static void suggest(struct slice word, const char *const *known, size_t count, struct buf *out)
{
    double best = SUGGEST_MIN;
    const char *nearest = NULL;

    for (size_t i = 0; i < count; i++) {
        double likeness = similarity_jaro_winkler(word, slice_of(known[i]));

        if (likeness > best) {
            best = likeness;
            nearest = known[i];
        }
    }
    if (nearest)
        buf_format(out, "; did you mean '%s'?", nearest);
    buf_add_text(out, nearest ? " known are" : "; known are");
    for (size_t i = 0; i < count && i < LISTED_MAX; i++)
        buf_format(out, "%s %s", i ? "," : "", known[i]);
    if (count > LISTED_MAX)
        buf_add_text(out, ", ...");
}

int yaml_unknown_word(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      const char *const *known, size_t count)
{
    CLEANUP(buf_clear_cleanup) struct buf hint = {0};
    CLEANUP(buf_clear_cleanup) struct buf word = {0};

    suggest(yaml_scalar(node), known, count, &hint);
    return yaml_complain(reader, node, "unknown %s '%s'%s", what, yaml_shown(node, &word),
                         hint.data ? hint.data : "");
}

const char *yaml_keep(struct yaml_reader *reader, struct slice text)
{
    return arena_text(reader->arena, text);
}

int yaml_want_scalar(struct yaml_reader *reader, const yaml_node_t *node, const char *what)
{
    if (node->type != YAML_SCALAR_NODE)
        return yaml_complain(reader, node, "%s must be one word or text, not a list or a mapping",
                             what);
    if (node->data.scalar.length == 0)
        return yaml_complain(reader, node, "%s is empty", what);
    if (memchr(node->data.scalar.value, '\0', node->data.scalar.length))
        return yaml_complain(reader, node, "%s has a zero byte", what);
    return TQ_OK;
}

int yaml_read_text(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                   const char **out_text)
{
    int r = yaml_want_scalar(reader, node, what);

    if (r < 0)
        return r;
    *out_text = yaml_keep(reader, yaml_scalar(node));
    return *out_text ? TQ_OK : tq_no_memory(reader->err);
}

/* A name that goes into exports: '>' and '@' have a meaning there. */
int yaml_read_word(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                   const char **out_word)
{
    int r = yaml_want_scalar(reader, node, what);

    if (r < 0)
        return r;
    if (node->data.scalar.length > WORD_BYTES_MAX)
        return yaml_complain(reader, node, "%s is longer than %u bytes", what, WORD_BYTES_MAX);
    for (size_t i = 0; i < node->data.scalar.length; i++) {
        unsigned char c = node->data.scalar.value[i];

        if (c <= ' ' || c == 0x7f || strchr(">@;,\"'#!", c))
            return yaml_complain(reader, node,
                                 "%s must be one word without spaces or any of > @ ; , \" ' # !",
                                 what);
    }
    return yaml_read_text(reader, node, what, out_word);
}

/* Whether the scalar is YAML's null. */
bool yaml_is_null(const yaml_node_t *node)
{
    static const char *const nulls[] = {"null", "Null", "NULL", "~", ""};

    if (node->type != YAML_SCALAR_NODE || node->data.scalar.style != YAML_PLAIN_SCALAR_STYLE)
        return false;
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++) {
        if (slice_is(yaml_scalar(node), nulls[i]))
            return true;
    }
    return false;
}

static const struct yaml_key *find_rule(const struct yaml_key *rules, size_t count,
                                        struct slice name)
{
    for (size_t i = 0; i < count; i++) {
        if (slice_is(name, rules[i].name))
            return &rules[i];
    }
    return NULL;
}

static int unknown_key(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                       const struct yaml_key *rules, size_t count)
{
    const char *names[LISTED_MAX];

    for (size_t i = 0; i < count && i < LISTED_MAX; i++)
        names[i] = rules[i].name;
    return yaml_unknown_word(reader, node, what, names, count);
}

int yaml_refuse_repeated_key(struct yaml_reader *reader, const yaml_node_t *mapping,
                             const yaml_node_pair_t *pair)
{
    yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
    CLEANUP(buf_clear_cleanup) struct buf word = {0};

    for (yaml_node_pair_t *other = mapping->data.mapping.pairs.start; other < pair; other++) {
        yaml_node_t *name = yaml_document_get_node(reader->document, other->key);

        if (key->type == YAML_SCALAR_NODE && name->type == YAML_SCALAR_NODE
            && slice_equal(yaml_scalar(name), yaml_scalar(key)))
            return yaml_complain(reader, key, "'%s' is given twice, first in line %zu",
                                 yaml_shown(key, &word), name->start_mark.line + 1);
    }
    return TQ_OK;
}

/* Each key by its rule; what is not listed is refused. `what` names a key: "key of a table". */
int yaml_read_mapping(struct yaml_reader *reader, const yaml_node_t *node, const char *what,
                      const struct yaml_key *rules, size_t count, void *target)
{
    if (node->type != YAML_MAPPING_NODE)
        return yaml_complain(reader, node, "expected a mapping here (%s: value)", rules[0].name);
    for (yaml_node_pair_t *pair = node->data.mapping.pairs.start;
         pair < node->data.mapping.pairs.top; pair++) {
        yaml_node_t *key = yaml_document_get_node(reader->document, pair->key);
        yaml_node_t *value = yaml_document_get_node(reader->document, pair->value);
        const struct yaml_key *rule;
        int r = yaml_want_scalar(reader, key, what);

        if (r < 0)
            return r;
        rule = find_rule(rules, count, yaml_scalar(key));
        if (!rule)
            return unknown_key(reader, key, what, rules, count);
        r = yaml_refuse_repeated_key(reader, node, pair);
        if (r < 0)
            return r;
        r = rule->read(reader, value, target);
        if (r < 0)
            return r;
    }
    return TQ_OK;
}

static int not_yaml(struct yaml_reader *reader, const yaml_parser_t *yaml)
{
    if (yaml->error == YAML_MEMORY_ERROR)
        return tq_no_memory(reader->err);
    return tq_fail(reader->err, TQ_E_SYNTAX, "%s:%zu:%zu: not YAML: %s", reader->file,
                   yaml->problem_mark.line + 1, yaml->problem_mark.column + 1,
                   yaml->problem ? yaml->problem : "unknown problem");
}

/* What stands behind '---' would be left out silently. */
static int refuse_more(struct yaml_reader *reader, yaml_parser_t *yaml)
{
    yaml_document_t document;
    const yaml_node_t *root;
    int r = TQ_OK;

    if (!yaml_parser_load(yaml, &document))
        return not_yaml(reader, yaml);
    reader->document = &document;
    root = yaml_document_get_root_node(&document);
    if (root)
        r = yaml_complain(reader, root, "a second document begins here; put all into one");
    yaml_document_delete(&document);
    return r;
}

static int read_only_document(struct yaml_reader *reader, yaml_parser_t *yaml, const char *what,
                              int (*read)(struct yaml_reader *, yaml_node_t *, void *),
                              void *target)
{
    yaml_document_t document;
    yaml_node_t *root;
    int r;

    if (!yaml_parser_load(yaml, &document))
        return not_yaml(reader, yaml);
    reader->document = &document;
    root = yaml_document_get_root_node(&document);
    r = root ? read(reader, root, target)
             : tq_fail(reader->err, TQ_E_SYNTAX, "%s:1:1: %s is empty", reader->file, what);
    yaml_document_delete(&document);
    return r < 0 ? r : refuse_more(reader, yaml);
}

int yaml_read_document(struct yaml_reader *reader, struct slice text, const char *what,
                       int (*read)(struct yaml_reader *, yaml_node_t *, void *), void *target)
{
    yaml_parser_t yaml;
    int r;

    if (!yaml_parser_initialize(&yaml))
        return tq_no_memory(reader->err);
    yaml_parser_set_input_string(&yaml, (const unsigned char *)(text.data ? text.data : ""),
                                 text.length);
    r = read_only_document(reader, &yaml, what, read, target);
    yaml_parser_delete(&yaml);
    return r;
}
