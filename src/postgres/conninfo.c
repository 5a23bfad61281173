/* SPDX-License-Identifier: AGPL-3.0-or-later */
#include "postgres/conninfo.h"

#include <libpq-fe.h>
#include <string.h>

#include "base/cleanup.h"

static void options_free_cleanup(PQconninfoOption **options)
{
    PQconninfoFree(*options);
}

static void message_free_cleanup(char **message)
{
    PQfreemem(*message);
}

/* NULL if it cannot be read. */
static PQconninfoOption *parse(const char *conninfo)
{
    /* Taken and dropped: it may repeat a part of the string. */
    CLEANUP(message_free_cleanup) char *message = NULL;

    return PQconninfoParse(conninfo, &message);
}

/* libpq marks what a form should hide by '*': password, sslpassword and what may come. */
static bool is_secret(const PQconninfoOption *option)
{
    return strchr(option->dispchar, '*') != NULL;
}

int conninfo_check(const char *conninfo, struct tq_error *err)
{
    CLEANUP(options_free_cleanup) PQconninfoOption *options = parse(conninfo);

    if (!options)
        return tq_fail(err, TQ_E_USAGE,
                       "--postgres wants a connection string of libpq, as 'service=tahqiq', "
                       "'host=db.example dbname=fund user=tahqiq' or "
                       "'postgresql://tahqiq@db.example/fund'");
    for (const PQconninfoOption *option = options; option->keyword; option++) {
        if (option->val && is_secret(option))
            return tq_fail(err, TQ_E_USAGE,
                           "--postgres holds a %s, which everybody on this machine can read in "
                           "the list of processes: take it out, put it into ~/.pgpass (mode "
                           "0600), a file named by PGPASSFILE, or a service file, and change it "
                           "in the database",
                           option->keyword);
    }
    return TQ_OK;
}

bool conninfo_gives(const char *conninfo, const char *keyword)
{
    CLEANUP(options_free_cleanup) PQconninfoOption *options = parse(conninfo);

    for (const PQconninfoOption *option = options; option && option->keyword; option++) {
        if (strcmp(option->keyword, keyword) == 0)
            return option->val != NULL;
    }
    return false;
}
