/* key.c - pthread_key_*: each runner has values of its own.       Layer: check.       Checked by: tests/check
 *
 * The numbers of keys come from the C library, which gets no destructors of those that are made in a run: its thread
 * does not end. Main's value of a key that is older than the run is the C library's until main sets it.
 */
#define _GNU_SOURCE
#include "check/shim/shim.h"

enum { ROUNDS = 4 }; /* PTHREAD_DESTRUCTOR_ITERATIONS */

static struct {
    bool is_used;
    bool is_of_run;
    uint32_t generation; /* how often it was made */
    void (*destructor)(void *);
} keys[SN_SHIM_KEYS];

static sn_shim_value *find(sn_shim_thread *thread, pthread_key_t key)
{
    sn_shim_value *block = thread->values[key / SN_SHIM_KEYS_IN_BLOCK];
    sn_shim_value *value = block ? &block[key % SN_SHIM_KEYS_IN_BLOCK] : NULL;
    return value && value->generation == keys[key].generation ? value : NULL;
}

int sn_shim_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    bool is_on = sn_machine_is_on();
    int error = REAL(pthread_key_create)(key, is_on ? NULL : destructor);
    if (error || *key >= SN_SHIM_KEYS)
        return error;
    keys[*key].is_used = true;
    keys[*key].is_of_run = is_on;
    keys[*key].generation++;
    keys[*key].destructor = destructor;
    return 0;
}

int sn_shim_key_delete(pthread_key_t key)
{
    int error = REAL(pthread_key_delete)(key);
    if (error || key >= SN_SHIM_KEYS)
        return error;
    keys[key].is_used = false;
    keys[key].generation++;
    return 0;
}

void *sn_shim_key_get(pthread_key_t key)
{
    if (key >= SN_SHIM_KEYS)
        return NULL;
    const sn_shim_value *value = find(sn_shim_self(), key);
    if (value)
        return (void *)value->value;
    bool is_older = sn_machine_self()->id == 0 && !keys[key].is_of_run;
    return is_older ? REAL(pthread_getspecific)(key) : NULL;
}

/* A key that was made before this library came is not known here. */
int sn_shim_key_set(pthread_key_t key, uintptr_t value)
{
    if (key >= SN_SHIM_KEYS || (keys[key].generation && !keys[key].is_used))
        return EINVAL;
    if (!keys[key].generation)
        keys[key].generation = 1;
    sn_shim_value **block = &sn_shim_self()->values[key / SN_SHIM_KEYS_IN_BLOCK];
    if (!*block)
        *block = sn_machine_allocate(SN_SHIM_KEYS_IN_BLOCK * sizeof **block);
    (*block)[key % SN_SHIM_KEYS_IN_BLOCK] = (sn_shim_value){keys[key].generation, value};
    return 0;
}

static bool end_round(sn_shim_thread *self)
{
    bool any = false;
    for (pthread_key_t key = 0; key < SN_SHIM_KEYS; key++) {
        if (!self->values[key / SN_SHIM_KEYS_IN_BLOCK]) {
            key += SN_SHIM_KEYS_IN_BLOCK - 1;
            continue;
        }
        sn_shim_value *value = find(self, key);
        if (!value || !value->value || !keys[key].is_used || !keys[key].destructor)
            continue;
        void *last = (void *)value->value;
        value->value = 0;
        keys[key].destructor(last);
        any = true;
    }
    return any;
}

void sn_shim_keys_end(void)
{
    for (int round = 0; round < ROUNDS && end_round(sn_shim_self()); round++)
        ;
}

/* ---- the public names */

EXPORTED int pthread_key_create(pthread_key_t *key, void (*destructor)(void *))
{
    return sn_shim_key_create(key, destructor);
}

EXPORTED int pthread_key_delete(pthread_key_t key)
{
    return sn_shim_key_delete(key);
}

EXPORTED void *pthread_getspecific(pthread_key_t key)
{
    if (!sn_machine_is_on())
        return REAL(pthread_getspecific)(key);
    return sn_shim_key_get(key);
}

EXPORTED int pthread_setspecific(pthread_key_t key, const void *value)
{
    if (!sn_machine_is_on())
        return REAL(pthread_setspecific)(key, value);
    return sn_shim_key_set(key, (uintptr_t)value);
}
