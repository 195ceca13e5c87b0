// SPDX-License-Identifier: BSD-2-Clause
/*
 * The editor of config.json. All members that it does not know stay as they
 * are; of what it does know it only takes away what allows.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "edit.h"
#include "util.h"

/* ---- text ------------------------------------------------------------- */

/*
 * jansson reads integers of 63 bits; RLIM_INFINITY has 64. Longer ones become
 * texts while the config is in memory.
 */
#define WIDE "lkd-wide:"
enum { WIDE_DIGITS = 19 };

static size_t number_length(const char *p, const char *end)
{
	return (size_t)(end - p) < 1 ? 0 : strspn(p, "-+.eE0123456789");
}

static bool is_wide(const char *p, size_t n, const char *end)
{
	const size_t digits = n - (*p == '-');
	const char *after = p + n;

	if (digits < WIDE_DIGITS || strspn(p + (*p == '-'), "0123456789") < digits || p[*p == '-'] == '0')
		return false;
	while (after < end && strchr(" \t\r\n", *after))
		after++;
	return after == end || *after != ':'; /* no name of a member: let the parser refuse it */
}

/* @text ends in a NUL that @len does not count, and holds no other */
static char *widen(const char *text, size_t len, size_t *ret_len, size_t *ret_wide)
{
	const char *p = text, *const end = text + len;
	char *out = malloc(2 * len + 1), *o = out;
	bool string = false;

	*ret_wide = 0;
	while (out && p < end) {
		const size_t n = string ? 0 : number_length(p, end);

		if (n && is_wide(p, n, end)) {
			o += sprintf(o, "\"" WIDE "%.*s\"", (int)n, p);
			++*ret_wide;
			p += n;
			continue;
		}
		if (n) {
			memcpy(o, p, n);
			o += n;
			p += n;
			continue;
		}
		if (string && *p == '\\' && p + 1 < end)
			*o++ = *p++;
		else if (*p == '"')
			string = !string;
		*o++ = *p++;
	}
	*ret_len = (size_t)(o - out);
	return out;
}

/* the way back, in place; -EINVAL if there are not @wide of them */
static int narrow(char *text, size_t wide, size_t *ret_len)
{
	char *in = text, *out = text, *at;

	while ((at = strstr(in, "\"" WIDE))) {
		const size_t before = (size_t)(at - in), n = strcspn(at + 1 + strlen(WIDE), "\"");

		memmove(out, in, before);
		out += before;
		in = at + 1 + strlen(WIDE);
		memmove(out, in, n);
		out += n;
		in += n + 1;
		if (!wide--)
			return -EINVAL; /* a text that only looks like one */
	}
	*ret_len = (size_t)(out - text) + strlen(in);
	memmove(out, in, strlen(in) + 1);
	return wide ? -EINVAL : 0;
}

int lkd_oci_parse(const char *text, size_t len, struct lkd_oci *ret, struct lkd_err *e)
{
	lkd_autofree char *wide = NULL;
	json_error_t je;
	size_t n;

	*ret = (struct lkd_oci){0};
	if (memchr(text, '\0', len))
		return lkd_err_set(e, EINVAL, "no JSON: it holds a NUL");
	wide = widen(text, len, &n, &ret->wide);
	if (!wide)
		return lkd_err_set(e, ENOMEM, "no memory for the config");
	ret->root = json_loadb(wide, n, JSON_REJECT_DUPLICATES, &je);
	if (!ret->root)
		return lkd_err_set(e, EINVAL, "no JSON: line %d: %s", je.line, je.text);
	if (!json_is_object(ret->root))
		return lkd_err_set(e, EINVAL, "no JSON object");
	return 0;
}

int lkd_oci_print(const struct lkd_oci *oci, char **ret, size_t *ret_len, struct lkd_err *e)
{
	char *text = json_dumps(oci->root, JSON_COMPACT);

	if (!text)
		return lkd_err_set(e, ENOMEM, "no memory for the config");
	if (narrow(text, oci->wide, ret_len) < 0) {
		free(text);
		return lkd_err_set(e, EINVAL, "a text in it begins with '" WIDE "'");
	}
	*ret = text;
	return 0;
}

void lkd_oci_free(struct lkd_oci *oci)
{
	json_decref(oci->root);
	oci->root = NULL;
}

/* ---- members ---------------------------------------------------------- */

/* Go's decoder takes a member by its name without case, and two letters beyond ASCII fold into it */
static bool folds_to(const char *key, const char *name)
{
	for (; *key && *name; name++) {
		if (!strncasecmp(key, name, 1))
			key++;
		else if (*name == 's' && !strncmp(key, "\xc5\xbf", 2)) /* U+017F */
			key += 2;
		else if (*name == 'k' && !strncmp(key, "\xe2\x84\xaa", 3)) /* U+212A */
			key += 3;
		else
			return false;
	}
	return !*key && !*name;
}

/* the member, NULL for none or null; -EINVAL in *@r for one of another type, or a name that some decoders take for it
 */
static json_t *member(json_t *object, const char *name, json_type type, int *r, struct lkd_err *e)
{
	const char *key;
	json_t *v;

	if (*r < 0)
		return NULL;
	json_object_foreach(object, key, v)
	{
		if (strcmp(key, name) != 0 && folds_to(key, name)) {
			*r = lkd_err_set(e, EINVAL, "it has '%s', which some runtimes take for '%s'", key, name);
			return NULL;
		}
	}
	v = json_object_get(object, name);
	if (!v || json_is_null(v))
		return NULL;
	if (json_typeof(v) != type) {
		*r = lkd_err_set(e, EINVAL, "'%s' is of the wrong type", name);
		return NULL;
	}
	return v;
}

static json_t *member_or_new(json_t *object, const char *name, json_type type, int *r, struct lkd_err *e)
{
	json_t *v = member(object, name, type, r, e);

	if (v || *r < 0)
		return v;
	v = type == JSON_OBJECT ? json_object() : json_array();
	if (!v || json_object_set_new(object, name, v)) {
		*r = lkd_err_set(e, ENOMEM, "no memory for the config");
		return NULL;
	}
	return v;
}

static int append(json_t *array, json_t *value, struct lkd_err *e)
{
	if (!value || json_array_append_new(array, value))
		return lkd_err_set(e, ENOMEM, "no memory for the config");
	return 0;
}

static bool is_text(const json_t *v, const char *text)
{
	return json_is_string(v) && !strcmp(json_string_value(v), text);
}

/* ---- hooks ------------------------------------------------------------ */

static bool has_hook(const json_t *list, const char *path, const char *verb)
{
	const json_t *hook, *args;
	size_t i;

	json_array_foreach(list, i, hook)
	{
		args = json_object_get(hook, "args");
		if (is_text(json_object_get(hook, "path"), path) && json_array_size(args) >= 2 &&
		    is_text(json_array_get(args, 1), verb))
			return true;
	}
	return false;
}

static int add_hooks(json_t *root, const char *path, const char *handler, bool *changed, struct lkd_err *e)
{
	static const char *const stages[] = {"createRuntime", "poststop"};
	int r = 0;

	for (size_t i = 0; i < LKD_N(stages) && r >= 0; i++) {
		json_t *hooks = member_or_new(root, "hooks", JSON_OBJECT, &r, e),
		       *list = hooks ? member_or_new(hooks, stages[i], JSON_ARRAY, &r, e) : NULL;

		if (r < 0 || has_hook(list, path, stages[i]))
			continue;
		*changed = true;
		r = append(list, json_pack("{s:s, s:[s, s, s*]}", "path", path, "args", "lockdown-hook", stages[i], handler), e);
	}
	return r;
}

/* ---- seccomp ---------------------------------------------------------- */

enum strength { WEAK, STRICT, UNKNOWN };

/* from the strictest on, as the kernel orders them (include/uapi/linux/seccomp.h); what is below ERRNO lets through */
static const struct {
	const char *name;
	enum strength strength;
} actions[] = {
	{"SCMP_ACT_KILL_PROCESS", STRICT}, {"SCMP_ACT_KILL", STRICT},  {"SCMP_ACT_KILL_THREAD", STRICT},
	{"SCMP_ACT_TRAP", STRICT},	   {"SCMP_ACT_ERRNO", STRICT}, {"SCMP_ACT_NOTIFY", WEAK},
	{"SCMP_ACT_TRACE", WEAK},	   {"SCMP_ACT_LOG", WEAK},     {"SCMP_ACT_ALLOW", WEAK},
};

static size_t rank(const json_t *action)
{
	size_t i = 0;

	while (i < LKD_N(actions) && !is_text(action, actions[i].name))
		i++;
	return i;
}

static enum strength strength(const json_t *action)
{
	const size_t i = rank(action);

	return i < LKD_N(actions) ? actions[i].strength : UNKNOWN;
}

static const char *const op_names[LKD_CMP_COUNT_] = {
	[LKD_CMP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	[LKD_CMP_EQ] = "SCMP_CMP_EQ",
	[LKD_CMP_NE] = "SCMP_CMP_NE",
};

static json_t *call_args(const struct lkd_plan_call *call)
{
	json_t *args = json_array();

	for (size_t i = 0; args && i < call->n_args; i++) {
		const bool masked = call->args[i].op == LKD_CMP_MASKED_EQ;

		(void)json_array_append_new(
			args,
			json_pack("{s:i, s:I, s:I, s:s}", "index", (int)call->args[i].index, "value",
				  (json_int_t)(masked ? call->args[i].mask : call->args[i].value), "valueTwo",
				  (json_int_t)(masked ? call->args[i].value : 0), "op", op_names[call->args[i].op]));
	}
	return args;
}

/* a rule of ours; @like gives a PASS its action */
static json_t *call_rule(const struct lkd_plan_call *call, const json_t *like)
{
	json_t *rule = json_pack("{s:[s]}", "names", call->name), *ret = json_object_get(like, "errnoRet");

	if (call->what == LKD_CALL_PASS) {
		(void)json_object_set_new(rule, "action", json_copy(json_object_get(like, "action")));
		if (ret)
			(void)json_object_set_new(rule, "errnoRet", json_copy(ret));
	} else {
		(void)json_object_set_new(rule, "action", json_string("SCMP_ACT_ERRNO"));
		(void)json_object_set_new(rule, "errnoRet", json_integer(call->error));
	}
	if (call->n_args)
		(void)json_object_set_new(rule, "args", call_args(call));
	return rule;
}

struct profile {
	json_t *seccomp, *syscalls;
	enum strength by_default;
	const struct lkd_edit *edit;
};

/* what the rules of a profile say about one system call */
struct about {
	bool weak_plain, weak_if, strict_plain, strict_if; /* with (if) and without comparisons */
	const json_t *weak;				   /* the first that lets through without comparisons */
	const json_t *strictest;
	bool same;		/* all of weak_plain have the default's action */
	bool all_ours, foreign; /* each of our refusals is there; there are rules with comparisons beside them */
};

static bool names_call(const json_t *rule, const char *name)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(rule, "names"), i, v)
	{
		if (is_text(v, name))
			return true;
	}
	return false;
}

static bool is_ours(const struct profile *p, const json_t *rule, const char *name)
{
	for (size_t i = 0; i < p->edit->n_calls; i++) {
		json_t *own;
		bool same;

		if (strcmp(p->edit->calls[i].name, name) != 0)
			continue;
		if (p->edit->calls[i].what == LKD_CALL_PASS && p->by_default != STRICT)
			continue;
		own = call_rule(&p->edit->calls[i], rule);
		same = json_equal(own, (json_t *)rule);
		json_decref(own);
		if (same)
			return true;
	}
	return false;
}

static bool has_rule(const struct profile *p, const struct lkd_plan_call *call)
{
	json_t *own = call_rule(call, NULL), *rule;
	bool found = false;
	size_t i;

	json_array_foreach(p->syscalls, i, rule)
	{
		found |= json_equal(own, rule);
	}
	json_decref(own);
	return found;
}

static struct about look(const struct profile *p, const char *name)
{
	struct about a = {.same = true, .all_ours = true};
	const json_t *rule;
	size_t i;

	json_array_foreach(p->syscalls, i, rule)
	{
		const json_t *action = json_object_get(rule, "action");
		const bool weak = strength(action) == WEAK, plain = !json_array_size(json_object_get(rule, "args"));

		if (!names_call(rule, name))
			continue;
		a.weak_plain |= weak && plain;
		a.weak_if |= weak && !plain;
		a.strict_plain |= !weak && plain;
		a.strict_if |= !weak && !plain;
		a.foreign |= !plain && !is_ours(p, rule, name);
		if (weak && plain) {
			a.weak = a.weak ? a.weak : rule;
			a.same &= rank(action) == rank(json_object_get(p->seccomp, "defaultAction"));
		}
		if (!weak && (!a.strictest || rank(action) < rank(json_object_get(a.strictest, "action"))))
			a.strictest = rule;
	}
	for (size_t j = 0; j < p->edit->n_calls; j++)
		if (!strcmp(p->edit->calls[j].name, name) && p->edit->calls[j].what == LKD_CALL_REFUSE)
			a.all_ours &= has_rule(p, &p->edit->calls[j]);
	return a;
}

/* takes the call out of all rules that let it through */
static void unlist(struct profile *p, const char *name, bool *changed)
{
	size_t i = json_array_size(p->syscalls);

	while (i--) {
		json_t *rule = json_array_get(p->syscalls, i), *names = json_object_get(rule, "names");
		size_t n = json_array_size(names);

		if (strength(json_object_get(rule, "action")) != WEAK)
			continue;
		while (n--) {
			if (!is_text(json_array_get(names, n), name))
				continue;
			(void)json_array_remove(names, n);
			*changed = true;
		}
		if (!json_array_size(names))
			(void)json_array_remove(p->syscalls, i);
	}
}

static int add_rules(struct profile *p, const char *name, const json_t *like, struct lkd_err *e)
{
	int r = 0;

	for (size_t i = 0; i < p->edit->n_calls && r >= 0; i++) {
		const struct lkd_plan_call *c = &p->edit->calls[i];

		if (!strcmp(c->name, name) && (c->what == LKD_CALL_REFUSE || like))
			r = append(p->syscalls, call_rule(c, like), e);
	}
	return r;
}

static bool has_call(const struct lkd_edit *edit, const char *name, enum lkd_call_what what, bool plain)
{
	for (size_t i = 0; i < edit->n_calls; i++)
		if (!strcmp(edit->calls[i].name, name) && edit->calls[i].what == what &&
		    (!plain || !edit->calls[i].n_args))
			return true;
	return false;
}

/*
 * libseccomp joins all rules of one call: one without comparisons wins over
 * those with some, whatever its action, and the order of those that overlap is
 * not promised. So none of ours stands beside another that it could lose to.
 */
static int merge_call(struct profile *p, const char *name, bool *changed, struct lkd_err *e)
{
	const bool whole = has_call(p->edit, name, LKD_CALL_REFUSE, true);
	struct about a = look(p, name);
	json_t *like;
	int r;

	/* refused as a whole, though a rule that allows might win over that */
	if (a.strict_plain) {
		unlist(p, name, changed);
		return 0;
	}
	if (whole) {
		unlist(p, name, changed);
		if (p->by_default == STRICT)
			return 0;
		*changed = true;
		if (!a.strictest)
			return add_rules(p, name, NULL, e);
		/* killed for some arguments: for all, then */
		like = json_pack("{s:[s], s:O}", "names", name, "action", json_object_get(a.strictest, "action"));
		if (like && json_object_get(a.strictest, "errnoRet"))
			(void)json_object_set(like, "errnoRet", json_object_get(a.strictest, "errnoRet"));
		return append(p->syscalls, like, e);
	}
	if (!a.weak_plain && !a.foreign && a.all_ours)
		return 0; /* done before */
	if (!a.weak_plain && !a.weak_if && p->by_default == STRICT)
		return 0;
	if (a.weak_if || a.strict_if)
		return lkd_err_set(e, EOPNOTSUPP,
				   "its seccomp section has rules with arguments for '%s', which ours cannot "
				   "be joined with",
				   name);
	if (!a.weak_plain || (p->by_default == WEAK && a.same)) {
		unlist(p, name, changed);
		*changed = true;
		return add_rules(p, name, NULL, e);
	}
	if (p->by_default == WEAK || !has_call(p->edit, name, LKD_CALL_PASS, false))
		return lkd_err_set(e, EOPNOTSUPP,
				   "its seccomp section allows '%s' in a way that ours cannot be joined with", name);
	like = json_deep_copy(a.weak);
	unlist(p, name, changed);
	r = like ? add_rules(p, name, like, e) : lkd_err_set(e, ENOMEM, "no memory for the config");
	json_decref(like);
	return r;
}

static int check_rule(json_t *rule, struct lkd_err *e)
{
	bool texts = true;
	const json_t *v;
	json_t *names;
	size_t i;
	int r = 0;

	if (!json_is_object(rule))
		return lkd_err_set(e, EINVAL, "a seccomp rule is no object");
	names = member(rule, "names", JSON_ARRAY, &r, e);
	(void)member(rule, "action", JSON_STRING, &r, e);
	(void)member(rule, "args", JSON_ARRAY, &r, e);
	(void)member(rule, "errnoRet", JSON_INTEGER, &r, e);
	if (r < 0)
		return r;
	json_array_foreach(names, i, v)
	{
		texts &= json_is_string(v);
	}
	if (!names || !texts || strength(json_object_get(rule, "action")) == UNKNOWN)
		return lkd_err_set(e, EINVAL, "a seccomp rule has no usable 'names' or 'action'");
	return 0;
}

/* a privileged container has no section; all ABIs have to be named, as those that are not are killed */
static int new_section(struct profile *p, struct lkd_err *e)
{
	json_t *abis = NULL;

#if defined(__x86_64__)
	abis = json_pack("[s, s, s]", "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32");
#elif defined(__aarch64__)
	abis = json_pack("[s, s]", "SCMP_ARCH_AARCH64", "SCMP_ARCH_ARM");
#endif
	if (json_object_set_new(p->seccomp, "defaultAction", json_string("SCMP_ACT_ALLOW")) ||
	    (abis && json_object_set_new(p->seccomp, "architectures", abis)) ||
	    (p->edit->log && json_object_set_new(p->seccomp, "flags", json_pack("[s]", "SECCOMP_FILTER_FLAG_LOG"))))
		return lkd_err_set(e, ENOMEM, "no memory for the config");
	return 0;
}

/* crun(1): a compiled filter, and then nothing of linux.seccomp counts */
#define CRUN_BPF_DATA "run.oci.seccomp_bpf_data"

static int merge_seccomp(json_t *linux_part, const json_t *annotations, const struct lkd_edit *edit, bool *changed,
			 struct lkd_err *e)
{
	struct profile p = {.edit = edit};
	json_t *action, *rule;
	size_t i;
	int r = 0;

	if (!edit->n_calls)
		return 0;
	if (json_object_get(annotations, CRUN_BPF_DATA))
		return lkd_err_set(e, EOPNOTSUPP,
				   "its annotation " CRUN_BPF_DATA " would put a filter in place of ours");
	p.seccomp = member_or_new(linux_part, "seccomp", JSON_OBJECT, &r, e);
	action = r < 0 ? NULL : member(p.seccomp, "defaultAction", JSON_STRING, &r, e);
	p.syscalls = r < 0 ? NULL : member_or_new(p.seccomp, "syscalls", JSON_ARRAY, &r, e);
	if (r < 0)
		return r;
	/* runc takes this for no seccomp at all */
	if ((!action || is_text(action, "")) && !json_array_size(p.syscalls)) {
		r = new_section(&p, e);
		*changed = true;
	}
	p.by_default = strength(json_object_get(p.seccomp, "defaultAction"));
	if (r >= 0 && p.by_default == UNKNOWN)
		return lkd_err_set(e, EINVAL, "its seccomp section has no usable 'defaultAction'");
	json_array_foreach(p.syscalls, i, rule)
	{
		if (r >= 0)
			r = check_rule(rule, e);
	}
	for (i = 0; i < edit->n_calls && r >= 0; i++) {
		bool before = false;

		for (size_t j = 0; j < i; j++)
			before |= !strcmp(edit->calls[j].name, edit->calls[i].name);
		if (!before)
			r = merge_call(&p, edit->calls[i].name, changed, e);
	}
	return r;
}

/* ---- devices ---------------------------------------------------------- */

static bool number_fits(const json_t *v, int want)
{
	return !v || json_is_null(v) || json_integer_value(v) < 0 || want < 0 || json_integer_value(v) == want;
}

/* does this rule of the config say something about what ours refuses? */
static bool touches(const json_t *rule, const struct lkd_plan_device *d, int minor)
{
	const json_t *type = json_object_get(rule, "type"), *access = json_object_get(rule, "access");
	const char *letters = json_is_string(access) ? json_string_value(access) : "rwm";
	const char own[2] = {(char)d->type, '\0'};

	if (json_is_string(type) && strcmp(json_string_value(type), "a") != 0 && *json_string_value(type) &&
	    !is_text(type, own))
		return false;
	if (!is_text(type, own)) /* all devices, whatever the numbers */
		return true;
	if (!*letters)
		letters = "rwm";
	return number_fits(json_object_get(rule, "major"), d->major) &&
	       number_fits(json_object_get(rule, "minor"), minor) &&
	       ((d->access & 1 && strchr(letters, 'r')) || (d->access & 2 && strchr(letters, 'w')) ||
		(d->access & 4 && strchr(letters, 'm')));
}

static json_t *device_rule(const struct lkd_plan_device *d, int minor)
{
	char type[2] = {(char)d->type, '\0'}, access[4] = "", *a = access;
	json_t *rule;

	for (int i = 0; i < 3; i++)
		if (d->access & 1 << i)
			*a++ = "rwm"[i];
	rule = json_pack("{s:b, s:s, s:s}", "allow", 0, "type", type, "access", access);
	if (d->major >= 0)
		(void)json_object_set_new(rule, "major", json_integer(d->major));
	if (minor >= 0)
		(void)json_object_set_new(rule, "minor", json_integer(minor));
	return rule;
}

static int add_devices(json_t *linux_part, const struct lkd_edit *edit, bool *changed, struct lkd_err *e)
{
	int r = 0;
	json_t *resources = edit->n_devices ? member(linux_part, "resources", JSON_OBJECT, &r, e) : NULL,
	       *list = resources ? member(resources, "devices", JSON_ARRAY, &r, e) : NULL;

	/* where there is no list, what that means is the runtime's; the hook attaches a program in any case */
	for (size_t n = 0; list && n < edit->n_devices && r >= 0; n++) {
		const struct lkd_plan_device *d = &edit->devices[n];
		const int minor = d->minor == LKD_MINOR_EFI_TEST ? edit->efi_test_minor : d->minor;
		json_t *own, *rule;
		bool open = false;
		size_t i;

		if (d->minor == LKD_MINOR_EFI_TEST && minor < 0)
			continue;
		own = device_rule(d, minor);
		json_array_foreach(list, i, rule)
		{
			if (!json_is_object(rule) || !json_is_boolean(json_object_get(rule, "allow"))) {
				json_decref(own);
				return lkd_err_set(e, EINVAL, "a device rule has no 'allow'");
			}
			if (json_equal(rule, own))
				open = false;
			else if (json_is_true(json_object_get(rule, "allow")) && touches(rule, d, minor))
				open = true;
		}
		*changed |= open;
		if (open)
			r = append(list, json_incref(own), e);
		json_decref(own);
	}
	return r;
}

/* ---- the first process ------------------------------------------------ */

#define PROGRAM LKD_IN_CONTAINER "/exec"

/* exactly these words: what somebody else puts there is a command like any other */
struct own_words {
	size_t n; /* how many of them are ours; 0 = none */
	bool beside;
	uint32_t uid; /* of the command; 0 = as lockdown-exec is started */
};

static const char as_uid[] = "--as=";

static bool take_word(const json_t *args, struct own_words *w, const char *word)
{
	const bool there = is_text(json_array_get(args, w->n), word);

	w->n += there;
	return there;
}

static struct own_words own_words(const json_t *args)
{
	struct own_words w = {.n = 0};
	const char *text;

	if (!take_word(args, &w, PROGRAM) || !take_word(args, &w, "--in-container"))
		return (struct own_words){.n = 0};
	w.beside = take_word(args, &w, "--no-init");
	text = json_string_value(json_array_get(args, w.n));
	if (text && !strncmp(text, as_uid, strlen(as_uid))) {
		if (lkd_oci_uid(text + strlen(as_uid), "", &w.uid) < 0 || !w.uid)
			return (struct own_words){.n = 0};
		w.n++;
		(void)take_word(args, &w, "--home");
	}
	return take_word(args, &w, "--") ? w : (struct own_words){.n = 0};
}

const char *const *lkd_exec_words(struct lkd_words *room, bool beside, uint32_t uid, bool home)
{
	size_t n = 0;

	room->word[n++] = PROGRAM;
	room->word[n++] = "--in-container";
	if (beside)
		room->word[n++] = "--no-init";
	if (uid) {
		(void)snprintf(room->as, sizeof(room->as), "%s%u", as_uid, uid);
		room->word[n++] = room->as;
		if (home)
			room->word[n++] = "--home";
	}
	room->word[n++] = "--";
	room->word[n] = NULL;
	return room->word;
}

int lkd_oci_uid(const char *text, const char *ends, uint32_t *ret)
{
	const size_t n = strspn(text, "0123456789");
	const unsigned long long uid = strtoull(text, NULL, 10);

	/* -1 stands for "no change" in setresuid(2) */
	if (!n || n > 10 || uid >= UINT32_MAX || (text[n] && !strchr(ends, text[n])))
		return -EINVAL;
	*ret = (uint32_t)uid;
	return 0;
}

/* programs that have to be PID 1 */
static bool is_init(const json_t *command)
{
	static const char *const names[] = {"init", "systemd"};
	const char *text = json_string_value(command), *slash = text ? strrchr(text, '/') : NULL;

	text = slash ? slash + 1 : text;
	for (size_t i = 0; text && i < LKD_N(names); i++)
		if (!strcmp(text, names[i]))
			return true;
	return false;
}

enum put { PUT_NONE, PUT_AS_INIT, PUT_BESIDE };

static bool has_home(const json_t *process)
{
	const json_t *v;
	size_t i;

	json_array_foreach(json_object_get(process, "env"), i, v)
	{
		if (json_is_string(v) && !strncmp(json_string_value(v), "HOME=", 5))
			return true;
	}
	return false;
}

/* of the command, not of the lockdown-exec before it */
static uint32_t command_uid(const json_t *process)
{
	const json_int_t uid = json_integer_value(json_object_get(json_object_get(process, "user"), "uid"));

	return uid ? (uint32_t)uid : own_words(json_object_get(process, "args")).uid;
}

/* lockdown-exec is root, whoever the command is to be; it takes on the id that is among its words */
static int set_uid(json_t *process, uint32_t uid, bool *changed, struct lkd_err *e)
{
	int r = 0;
	json_t *user = member(process, "user", JSON_OBJECT, &r, e), *v = user ? member(user, "uid", JSON_INTEGER, &r, e) : NULL;

	if (r < 0 || json_integer_value(v) == (json_int_t)uid)
		return r;
	*changed = true;
	return json_object_set_new(user, "uid", json_integer(uid)) ? lkd_err_set(e, ENOMEM, "no memory for the config") : 0;
}

static int check_uid(json_t *process, struct lkd_err *e)
{
	int r = 0;
	json_t *user = member(process, "user", JSON_OBJECT, &r, e), *v = user ? member(user, "uid", JSON_INTEGER, &r, e) : NULL;

	if (r >= 0 && v && (json_integer_value(v) < 0 || json_integer_value(v) >= (json_int_t)UINT32_MAX))
		r = lkd_err_set(e, EINVAL, "'uid' is out of range");
	return r;
}

static int set_args(json_t *process, enum put put, bool *changed, struct lkd_err *e)
{
	int r = check_uid(process, e);
	json_t *args = member(process, "args", JSON_ARRAY, &r, e), *now;
	const struct own_words own = own_words(args);
	const size_t n = json_array_size(args);
	const char *const *word = NULL;
	struct lkd_words room;
	uint32_t uid;

	if (r < 0 || (put == PUT_NONE && !own.n))
		return r;
	uid = command_uid(process);
	if (put == PUT_AS_INIT && is_init(json_array_get(args, own.n)))
		put = PUT_BESIDE;
	if (put != PUT_NONE)
		word = lkd_exec_words(&room, put == PUT_BESIDE, uid, !has_home(process));
	now = json_array();
	for (; word && *word && r >= 0; word++)
		r = append(now, json_string(*word), e);
	for (size_t i = own.n; i < n && r >= 0; i++)
		r = append(now, json_incref(json_array_get(args, i)), e);
	if (r >= 0 && !json_equal(args, now)) {
		*changed = true;
		if (json_object_set(process, "args", now))
			r = lkd_err_set(e, ENOMEM, "no memory for the config");
	}
	json_decref(now);
	return r < 0 ? r : set_uid(process, put == PUT_NONE ? uid : 0, changed, e);
}

/* what is mounted for it, in this order, over all that is there */
static const struct own_mount {
	const char *name; /* below both directories; "" = themselves */
	bool program;	  /* the source is lockdown-exec */
	const char *options[6];
} own_mounts[] = {
	/* what /run has is kept: in a user namespace nobody may take it away */
	{"", false, {"bind", "ro", "nosuid", "nodev", "noexec"}},
	{"/exec", true, {"bind", "ro", "nosuid", "nodev"}},
	{"/events", false, {"bind", "rw", "nosuid", "nodev", "noexec"}},
};

static json_t *mount_row(const struct own_mount *m, const struct lkd_edit *edit)
{
	char to[64], from[512];
	json_t *options = json_array();

	(void)snprintf(to, sizeof(to), LKD_IN_CONTAINER "%s", m->name);
	(void)snprintf(from, sizeof(from), "%s%s", m->program ? edit->exec : edit->inside, m->program ? "" : m->name);
	for (size_t i = 0; i < LKD_N(m->options) && m->options[i]; i++)
		(void)json_array_append_new(options, json_string(m->options[i]));
	return json_pack("{s:s, s:s, s:s, s:o}", "destination", to, "type", "bind", "source", from, "options", options);
}

static bool is_own_mount(const json_t *row)
{
	const char *to = json_string_value(json_object_get(row, "destination")),
		   *from = json_string_value(json_object_get(row, "source")), *slash = from ? strrchr(from, '/') : NULL;

	for (size_t i = 0; to && slash && i < LKD_N(own_mounts); i++) {
		char own[64];

		(void)snprintf(own, sizeof(own), LKD_IN_CONTAINER "%s", own_mounts[i].name);
		if (!strcmp(to, own))
			return own_mounts[i].program ? !strcmp(slash, "/lockdown-exec")
						     : !strncmp(from, LKD_INSIDES_DIR "/", sizeof(LKD_INSIDES_DIR));
	}
	return false;
}

/* behind all others, as the last one is what is seen */
static int set_mounts(json_t *root, const struct lkd_edit *edit, bool *changed, struct lkd_err *e)
{
	int r = 0;
	json_t *list = member(root, "mounts", JSON_ARRAY, &r, e), *now, *row;
	size_t i;

	if (r < 0)
		return r;
	now = json_array();
	json_array_foreach(list, i, row)
	{
		if (r >= 0 && !is_own_mount(row))
			r = append(now, json_incref(row), e);
	}
	for (i = 0; edit->inside && i < LKD_N(own_mounts) && r >= 0; i++)
		r = append(now, mount_row(&own_mounts[i], edit), e);
	if (r >= 0 && (list || edit->inside) && !json_equal(list, now)) {
		*changed = true;
		if (json_object_set(root, "mounts", now))
			r = lkd_err_set(e, ENOMEM, "no memory for the config");
	}
	json_decref(now);
	return r;
}

static int set_first(json_t *root, const struct lkd_edit *edit, bool *changed, struct lkd_err *e)
{
	int r = 0;
	json_t *process = member(root, "process", JSON_OBJECT, &r, e);

	if (r >= 0 && edit->inside && !process)
		r = lkd_err_set(e, EINVAL, "no 'process'");
	if (r >= 0 && process)
		r = set_args(process, edit->inside ? PUT_AS_INIT : PUT_NONE, changed, e);
	return r < 0 ? r : set_mounts(root, edit, changed, e);
}

int lkd_oci_edit_process(struct lkd_oci *process, struct lkd_err *e)
{
	bool changed;
	int r = 0;

	if (!json_array_size(member(process->root, "args", JSON_ARRAY, &r, e)))
		return r < 0 ? r : lkd_err_set(e, EINVAL, "no command in 'args'");
	return set_args(process->root, PUT_BESIDE, &changed, e);
}

bool lkd_oci_is_wrapped(const struct lkd_oci *oci)
{
	return own_words(json_object_get(json_object_get(oci->root, "process"), "args")).n != 0;
}

uint32_t lkd_oci_command(const struct lkd_oci *oci, bool *ret_home)
{
	const json_t *process = json_object_get(oci->root, "process");

	*ret_home = has_home(process);
	return command_uid(process);
}

const char *lkd_oci_rootfs(const struct lkd_oci *oci)
{
	return json_string_value(json_object_get(json_object_get(oci->root, "root"), "path"));
}

/* the host's id of the container's root; -1: it has none */
static long long root_of(const json_t *maps)
{
	const json_t *map;
	size_t i;

	json_array_foreach(maps, i, map)
	{
		if (!json_integer_value(json_object_get(map, "containerID")) && json_integer_value(json_object_get(map, "size")) > 0)
			return json_integer_value(json_object_get(map, "hostID"));
	}
	return -1;
}

long long lkd_oci_owner(const struct lkd_oci *oci)
{
	const long long host = root_of(json_object_get(json_object_get(oci->root, "linux"), "uidMappings"));

	return host < 0 ? 0 : host;
}

/* ids are mapped, but not this one */
static bool no_root(const json_t *linux_part)
{
	const json_t *uids = json_object_get(linux_part, "uidMappings"), *gids = json_object_get(linux_part, "gidMappings");

	return (json_array_size(uids) && root_of(uids) < 0) || (json_array_size(gids) && root_of(gids) < 0);
}

static bool has_text(const json_t *list, const char *text)
{
	const json_t *v;
	size_t i;

	json_array_foreach(list, i, v)
	{
		if (is_text(v, text))
			return true;
	}
	return false;
}

static bool own_mount_namespace(const json_t *linux_part)
{
	const json_t *ns;
	bool found = false;
	size_t i;

	json_array_foreach(json_object_get(linux_part, "namespaces"), i, ns)
	{
		if (is_text(json_object_get(ns, "type"), "mount")) {
			if (json_object_get(ns, "path"))
				return false;
			found = true;
		}
	}
	return found;
}

const char *lkd_oci_unfit(const struct lkd_oci *oci)
{
	/* crun(1): something else than the command is run */
	static const char *const handlers[] = {"run.oci.handler", "module.wasm.image/variant"};
	/* broker/user.c */
	static const char *const to_become[] = {"CAP_SETUID", "CAP_KILL", "CAP_SYS_PTRACE"};
	const json_t *process = json_object_get(oci->root, "process"), *args = json_object_get(process, "args"),
		     *caps = json_object_get(process, "capabilities"), *linux_part = json_object_get(oci->root, "linux"),
		     *action = json_object_get(json_object_get(linux_part, "seccomp"), "defaultAction");
	const uint32_t uid = command_uid(process);
	/* root has by executing what the bounding set holds; with no_new_privs only what it is given as well */
	const bool given_only = json_is_true(json_object_get(process, "noNewPrivileges"));

	if (!json_is_string(json_array_get(args, own_words(args).n)))
		return "no command in 'process.args'";
	if (!lkd_oci_rootfs(oci) || !own_mount_namespace(linux_part))
		return "no mount namespace of its own";
	if (no_root(linux_part))
		return "no root in its user namespace";
	if (!has_text(json_object_get(caps, "bounding"), "CAP_SYS_ADMIN") ||
	    ((!uid || given_only) && !has_text(json_object_get(caps, "effective"), "CAP_SYS_ADMIN")))
		return "its process is not root with CAP_SYS_ADMIN, nor may become it";
	for (size_t i = 0; uid && i < LKD_N(to_become); i++)
		if (!has_text(json_object_get(caps, "bounding"), to_become[i]) ||
		    (given_only && !has_text(json_object_get(caps, "effective"), to_become[i])))
			return "its process is not root, and what it takes to start another user's is not there";
	if (action && strength(action) != WEAK)
		return "its own seccomp profile refuses what it does not list";
	for (size_t i = 0; i < LKD_N(handlers); i++)
		if (json_object_get(json_object_get(oci->root, "annotations"), handlers[i]))
			return "an annotation gives it a handler of crun's";
	return NULL;
}

/* ---- all of it -------------------------------------------------------- */

static int add_cgroupns(json_t *linux_part, bool *changed, struct lkd_err *e)
{
	int r = 0;
	json_t *list = member_or_new(linux_part, "namespaces", JSON_ARRAY, &r, e);
	const json_t *ns;
	size_t i;

	if (r < 0)
		return r;
	json_array_foreach(list, i, ns)
	{
		if (is_text(json_object_get(ns, "type"), "cgroup"))
			return 0;
	}
	*changed = true;
	return append(list, json_pack("{s:s}", "type", "cgroup"), e);
}

int lkd_oci_edit(struct lkd_oci *oci, const struct lkd_edit *edit, bool *ret_changed, struct lkd_err *e)
{
	json_t *linux_part;
	int r = 0;

	*ret_changed = false;
	if (!json_is_string(json_object_get(oci->root, "ociVersion")))
		return lkd_err_set(e, EINVAL, "no 'ociVersion': not an OCI config");
	linux_part = member_or_new(oci->root, "linux", JSON_OBJECT, &r, e);
	if (r >= 0)
		r = set_first(oci->root, edit, ret_changed, e);
	if (r >= 0 && edit->hook)
		r = add_hooks(oci->root, edit->hook, edit->handler, ret_changed, e);
	if (r >= 0)
		r = merge_seccomp(linux_part, json_object_get(oci->root, "annotations"), edit, ret_changed, e);
	if (r >= 0)
		r = add_devices(linux_part, edit, ret_changed, e);
	if (r >= 0 && edit->cgroupns)
		r = add_cgroupns(linux_part, ret_changed, e);
	return r < 0 ? r : 0;
}
