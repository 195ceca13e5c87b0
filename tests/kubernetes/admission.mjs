// SPDX-License-Identifier: BSD-2-Clause
// admission.mjs MODULES MANIFESTS PODS: the ValidatingAdmissionPolicy among the built manifests, evaluated on the sample
// requests as the API server would; "1 text" or "0 text" for each.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [modules, manifests, samples] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'x.js'));
const YAML = require('yaml');
const { celEnv, parse, plan, isCelError } = require('@bufbuild/cel');
const { strings } = require('@bufbuild/cel/ext');

const documents = (file) => YAML.parseAllDocuments(readFileSync(file, 'utf8'), { strict: true, uniqueKeys: true }).map((d) => d.toJS());
const result = (good, text) => console.log(`${good ? 1 : 0} ${text}`);
const objects = documents(manifests);
const only = (kind) => {
	const found = objects.filter((o) => o.kind === kind);
	if (found.length !== 1) throw new Error(`${found.length} objects of kind ${kind}`);
	return found[0];
};
const binding = only('ValidatingAdmissionPolicyBinding').spec;
const configMap = objects.find((o) => o.kind === 'ConfigMap' && o.metadata.name === binding.paramRef.name && o.metadata.namespace === binding.paramRef.namespace);
result(configMap !== undefined, 'the binding names a ConfigMap that is there');

// What an expression comes to has to be known before it runs, as the API server takes no `dyn` for a string; the first
// CEL implementation does not tell types, so here is a second one, which also has to agree with it on all samples.
let Environment;
try { // by its file: it is an ES module that says so to `import` only, and from beside the modules
	const { exports } = JSON.parse(readFileSync(path.resolve(modules, '@marcbachmann/cel-js/package.json')));
	const main = exports['.']?.import?.default ?? exports['.']?.import ?? exports['.']?.default ?? exports['.'];
	({ Environment } = await import(pathToFileURL(path.resolve(modules, '@marcbachmann/cel-js', main)).href));
} catch (error) {
	console.log(`1 types of expressions # skip node ${process.version} cannot load @marcbachmann/cel-js: ${error.message.split('\n')[0]}`);
}
function second(names) { // an environment of the second implementation
	const e = new Environment().registerFunction('string.replace(string, string): string', (s, a, b) => s.replaceAll(a, b));
	for (const [name, type] of Object.entries(names)) e.registerVariable(name, type);
	return e;
}
const known = { object: 'dyn', oldObject: 'dyn', params: 'dyn', request: 'dyn', namespaceObject: 'dyn' };
const flat = (expression) => expression.replace(/\bvariables\.(\w+)/g, 'variables_$1');
function types(policy) {
	const wrong = [];
	if (!Environment) return wrong;
	const names = { ...known };
	const type = (expression, want) => {
		const { valid, type: is, error } = second(names).check(flat(expression));
		if (!valid) wrong.push(`${error.message.split('\n')[0]}: ${expression}`);
		else if (want && is !== want) wrong.push(`${is}, not ${want}: ${expression}`);
		return is;
	};
	policy.matchConditions?.forEach((m) => type(m.expression, 'bool'));
	policy.variables?.forEach((v) => { names[`variables_${v.name}`] = type(v.expression) ?? 'dyn'; });
	policy.validations.forEach((v) => { type(v.expression, 'bool'); type(v.messageExpression, 'string'); });
	policy.auditAnnotations?.forEach((a) => type(a.valueExpression, 'string'));
	return wrong;
}

// the limits of the API server that a schema does not know
function lint(policy) {
	const wrong = [];
	const reserved = ['true', 'false', 'null', 'in', 'as', 'break', 'const', 'continue', 'else', 'for', 'function', 'if', 'import', 'let', 'loop',
		'package', 'namespace', 'return', 'var', 'void', 'while'];
	const seen = new Set();
	const expressions = [];
	for (const v of policy.variables ?? []) {
		if (!/^[_a-zA-Z][_a-zA-Z0-9]*$/.test(v.name) || reserved.includes(v.name)) wrong.push(`variable ${v.name}: no identifier`);
		for (const used of v.expression.matchAll(/\bvariables\.(\w+)/g))
			if (!seen.has(used[1])) wrong.push(`variable ${v.name}: ${used[1]} comes later or never`);
		if (seen.has(v.name)) wrong.push(`variable ${v.name}: twice`);
		seen.add(v.name);
		expressions.push(v.expression);
	}
	for (const m of policy.matchConditions ?? []) {
		if (/\b(variables|namespaceObject|params)\b/.test(m.expression)) wrong.push(`match condition ${m.name}: what it names is not to be had there`);
		expressions.push(m.expression);
	}
	for (const v of policy.validations) {
		if (!v.message || v.message.includes('\n')) wrong.push('a validation has no message of one line');
		if (!['Unauthorized', 'Forbidden', 'Invalid', 'RequestEntityTooLarge'].includes(v.reason)) wrong.push(`reason ${v.reason}`);
		expressions.push(v.expression, v.messageExpression);
	}
	for (const a of policy.auditAnnotations ?? []) {
		if (!/^[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/.test(a.key)) wrong.push(`audit annotation ${a.key}`);
		expressions.push(a.valueExpression);
	}
	wrong.push(...types(policy));
	for (const e of expressions) {
		for (const used of e.matchAll(/\bvariables\.(\w+)/g)) if (!seen.has(used[1])) wrong.push(`no variable ${used[1]}`);
		if (e.length > 10000) wrong.push('an expression is too long');
		try { parse(e); } catch (error) { wrong.push(`${error.message}: ${e}`); }
	}
	return wrong;
}

const env = celEnv({ funcs: strings });
const compiled = new Map();
function evaluate(expression, bindings, type) {
	if (!compiled.has(expression)) compiled.set(expression, plan(env, parse(expression)));
	const value = compiled.get(expression)(bindings);
	if (isCelError(value)) throw new Error(`${value.message} in ${expression}`);
	if (Environment && typeof value !== 'object') {
		const flatly = { ...bindings };
		for (const [name, v] of Object.entries(bindings.variables)) flatly[`variables_${name}`] = typeof v === 'object' ? [...v] : v;
		const names = { ...known };
		Object.keys(bindings.variables).forEach((name) => { names[`variables_${name}`] = 'dyn'; });
		const other = second(names).evaluate(flat(expression), flatly);
		if (other !== value) throw new Error(`${value} or ${other}: ${expression}`);
	}
	if (type && typeof value !== type) throw new Error(`${typeof value}, not ${type}: ${expression}`);
	return value;
}
function admit(policy, params, request) {
	const subresource = request.subresource ?? '';
	const operation = request.old ? 'UPDATE' : 'CREATE';
	const resource = subresource ? `pods/${subresource}` : 'pods';
	if (!policy.matchConstraints.resourceRules.some((r) => r.operations.includes(operation) && r.resources.includes(resource)))
		return { matched: false, refused: [] };
	if (binding.matchResources.namespaceSelector.matchExpressions.some((m) => m.operator === 'NotIn' && m.values.includes(request.namespace)))
		return { matched: false, refused: [] };
	const bindings = {
		object: request.pod, oldObject: request.old ?? null, params,
		request: { operation, ...(subresource && { subResource: subresource }) },
		namespaceObject: { metadata: { name: request.namespace } },
		variables: {},
	};
	for (const m of policy.matchConditions ?? [])
		if (!evaluate(m.expression, bindings, 'boolean')) return { matched: false, refused: [] };
	for (const v of policy.variables ?? []) bindings.variables[v.name] = evaluate(v.expression, bindings);
	const refused = [];
	for (const v of policy.validations) {
		if (evaluate(v.expression, bindings, 'boolean')) continue;
		const message = evaluate(v.messageExpression, bindings, 'string');
		if (message.includes('\n') || message.trim() === '') throw new Error(`a message that the API server drops: ${message}`);
		refused.push(message);
	}
	const audit = {};
	for (const a of policy.auditAnnotations ?? []) {
		const value = evaluate(a.valueExpression, bindings, 'string');
		if (value !== '') audit[a.key] = value;
	}
	return { matched: true, refused, audit };
}

const table = documents(samples)[0];
function verdicts(policy) { // how many samples come out as they should
	let good = 0;
	const bad = [];
	for (const sample of table) {
		const params = structuredClone(configMap);
		Object.assign(params.data, sample.params);
		for (const key of sample.without ?? []) delete params.data[key];
		for (const pod of [sample.pod, sample.old]) if (pod) pod.metadata ??= {};
		let said;
		try {
			const { matched, refused, audit } = admit(policy, params, sample);
			const want = [].concat(sample.refused ?? []);
			said = `matched ${matched}, refused ${JSON.stringify(refused)}, audit ${JSON.stringify(audit)}`;
			if (refused.length === want.length && want.every((w, i) => refused[i].includes(w)) &&
				(sample.matched ?? true) === matched && Object.entries(sample.audit ?? {}).every(([k, v]) => audit[k] === v)) {
				good++;
				continue;
			}
		} catch (error) { said = error.message; }
		bad.push([sample.name, said]);
	}
	return { good, bad };
}

const policy = only('ValidatingAdmissionPolicy').spec;
const wrong = lint(policy);
wrong.forEach((w) => console.log(`# ${w}`));
result(wrong.length === 0, `the policy is within the API server's limits`);
const { bad } = verdicts(policy);
for (const sample of table) {
	const why = bad.find(([name]) => name === sample.name);
	if (why) console.log(`# ${why[1]}`);
	result(!why, `${sample.refused ? 'refused' : 'admitted'}: ${sample.name}`);
}
// the table itself: whatever part of the policy is weakened, some sample notices
const mutants = [];
policy.validations.forEach((v, i) => mutants.push([`validation ${i + 1} holds always`, (p) => { p.validations[i].expression = 'true'; }]));
policy.validations.forEach((v, i) => mutants.push([`validation ${i + 1} holds never`, (p) => { p.validations[i].expression = 'false'; }]));
policy.matchConstraints.resourceRules.forEach((r, i) => mutants.push([`rule ${i + 1} of what is matched is missing`, (p) => { p.matchConstraints.resourceRules.splice(i, 1); }]));
mutants.push(['the match condition holds always', (p) => { p.matchConditions[0].expression = 'true'; }]);
mutants.push(['the match condition looks at creations only', (p) => { p.matchConditions[0].expression = "request.operation == 'CREATE'"; }]);
for (const list of ['containers', 'initContainers', 'ephemeralContainers'])
	mutants.push([`${list} are not looked at`, (p) => {
		const v = p.variables.find((x) => x.name === 'privileged');
		v.expression = v.expression.replaceAll(`object.spec.${list}.exists`, '[].exists');
	}]);
for (const name of ['exceptionNamespaces', 'runtimeClasses', 'without'])
	mutants.push([`${name} has no default`, (p) => {
		const v = p.variables.find((x) => x.name === name);
		v.expression = v.expression.replace(/:\s*(\[.*\]|'refuse-privileged')$/, name === 'without' ? ": 'allow'" : ": ['somewhere', 'kata']");
	}]);
mutants.push(['spaces around names count', (p) => { p.variables.forEach((v) => { v.expression = v.expression.replace('n.trim()', 'n'); }); }]);
for (const [what, change] of mutants) {
	const mutant = structuredClone(policy);
	change(mutant);
	if (JSON.stringify(mutant) === JSON.stringify(policy)) { result(false, `nothing changed: ${what}`); continue; }
	result(verdicts(mutant).bad.length > 0, `noticed: ${what}`);
}
for (const [what, change] of [
	['a reserved word as a variable', (p) => { p.variables[0].name = 'namespace'; }],
	['a variable that there is not', (p) => { p.validations[0].expression = '!variables.nosuch'; }],
	['an expression that does not parse', (p) => { p.validations[0].expression = 'a &&'; }],
	...(Environment ? [
		['an audit annotation that may be no string', (p) => { p.auditAnnotations[0].valueExpression = 'variables.exception'; }],
		['a message that may be no string', (p) => { p.validations[0].messageExpression = 'object.metadata.name'; }],
		['a method that there is not', (p) => { p.validations[0].expression = "variables.inNamespace.beginsWith('x')"; }],
	] : []),
	['variables in a match condition', (p) => { p.matchConditions[0].expression = 'variables.privileged'; }],
]) {
	const mutant = structuredClone(policy);
	change(mutant);
	result(lint(mutant).length > 0, `noticed: ${what}`);
}
