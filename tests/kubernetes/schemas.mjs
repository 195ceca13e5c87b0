// SPDX-License-Identifier: BSD-2-Clause
// schemas.mjs MODULES FILE...: every object of the files by the published schemas of its kind, as "1 text" or "0 text".
//
// Two looks, as neither sees everything: the compiled JSON schemas (formats, what is required), and the types made of
// the same schemas, by a TypeScript compiler (fields that there are not, words that are none of an enumeration).
// Then the looks themselves: each of some broken objects has to be refused.
import { readFileSync, writeFileSync, mkdirSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [modules, ...files] = process.argv.slice(2);
const require = createRequire(path.resolve(modules, 'x.js'));
const YAML = require('yaml');
const ts = require('typescript');

// Node Feature Discovery publishes no package: its rule's fields, from its API reference
const fields = {
	spec: ['rules'],
	rule: ['name', 'labels', 'labelsTemplate', 'annotations', 'vars', 'varsTemplate', 'taints', 'extendedResources', 'matchFeatures', 'matchAny'],
	match: ['feature', 'matchExpressions', 'matchName'],
	expression: ['op', 'value', 'type'],
	op: ['In', 'NotIn', 'InRegexp', 'Exists', 'DoesNotExist', 'Gt', 'Lt', 'GtLt', 'IsTrue', 'IsFalse'],
};
function nodeFeatureRule(object) {
	const wrong = [];
	const only = (what, o, allowed) => Object.keys(o).forEach((k) => allowed.includes(k) || wrong.push(`${what}: no field ${k}`));
	only('spec', object.spec, fields.spec);
	for (const rule of object.spec.rules) {
		only('rule', rule, fields.rule);
		if (!rule.name) wrong.push('rule: no name');
		for (const label of Object.keys(rule.labels ?? {}))
			if (!/^[a-z.-]+\/[a-z.-]+$/.test(label) || (/(^|\.)kubernetes\.io\//.test(label) && !label.startsWith('feature.node.kubernetes.io/')))
				wrong.push(`label ${label}: NFD does not set it`);
		for (const match of rule.matchFeatures ?? []) {
			only('matchFeatures', match, fields.match);
			for (const [key, e] of Object.entries(match.matchExpressions ?? {})) {
				only(key, e, fields.expression);
				if (!fields.op.includes(e.op)) wrong.push(`${key}: no operator ${e.op}`);
				if (['Gt', 'Lt'].includes(e.op) && e.value?.length !== 1) wrong.push(`${key}: ${e.op} takes one value`);
				for (const v of e.value ?? []) if (typeof v !== 'string') wrong.push(`${key}: ${v} is not a string`);
			}
		}
	}
	return wrong;
}

// beside the modules, as what has only "import" in its package.json is found from there alone
const dir = path.resolve(modules, '..', 'types');
mkdirSync(dir, { recursive: true });
writeFileSync(path.join(dir, 'load.mjs'), 'export default (name) => import(name);\n');
const { default: load } = await import(pathToFileURL(path.join(dir, 'load.mjs')).href);
const cases = []; // { text, object, good, wrong: [] }
for (const file of files) {
	for (const document of YAML.parseAllDocuments(readFileSync(file, 'utf8'), { strict: true, uniqueKeys: true })) {
		if (document.errors.length || document.warnings.length) throw new Error(`${file}: ${[...document.errors, ...document.warnings][0].message}`);
		const object = document.toJS();
		if (object === null) continue;
		cases.push({ text: `${path.basename(file)}: ${object.kind} ${object.metadata?.name}`, object, good: true, wrong: [] });
	}
}
const find = (kind) => structuredClone(cases.find((c) => c.object.kind === kind)?.object);
const breaks = [
	['DaemonSet', 'a field that there is not', (o) => { o.spec.template.spec.containers[0].imagePullPolice = 'Always'; }],
	['DaemonSet', 'a container without a name', (o) => { delete o.spec.template.spec.containers[0].name; }],
	['DaemonSet', 'a word that is none', (o) => { o.spec.updateStrategy.type = 'Rolling'; }],
	['DaemonSet', 'a number that is a string', (o) => { o.spec.minReadySeconds = '90'; }],
	['DaemonSet', 'an environment value that is a number', (o) => { o.spec.template.spec.containers[0].env[0].value = 60; }],
	['ValidatingAdmissionPolicy', 'a validation without an expression', (o) => { delete o.spec.validations[0].expression; }],
	['ValidatingAdmissionPolicyBinding', 'a field of the policy in the binding', (o) => { o.spec.failurePolicy = 'Fail'; }],
	['RuntimeClass', 'no handler', (o) => { delete o.handler; }],
	['ConfigMap', 'a value that is no string', (o) => { o.data.x = true; }],
	['PrometheusRule', 'an alert without an expression', (o) => { delete o.spec.groups[0].rules[0].expr; }],
	['NodeFeatureRule', 'an operator that there is not', (o) => { o.spec.rules[0].matchFeatures[0].matchExpressions.major.op = 'Greater'; }],
	['NodeFeatureRule', 'a label that NFD may not set', (o) => { o.spec.rules[0].labels = { 'kubernetes.io/lockdown': 'x' }; }],
];
for (const [kind, what, change] of breaks) {
	const object = find(kind);
	if (!object) throw new Error(`no ${kind} to break`);
	change(object);
	cases.push({ text: `${kind} with ${what} is refused`, object, good: false, wrong: [] });
}

const sources = new Map();
for (const [i, c] of cases.entries()) {
	const { apiVersion, kind } = c.object;
	if (apiVersion?.startsWith('nfd.k8s-sigs.io/')) {
		c.wrong.push(...nodeFeatureRule(c.object));
		continue;
	}
	const name = apiVersion.startsWith('monitoring.coreos.com/')
		? `@kubernetes-models/prometheus-operator/${apiVersion}`
		: `kubernetes-models/${apiVersion}`;
	const model = (await load(name))[kind];
	if (!model) { c.wrong.push(`${apiVersion} has no ${kind}`); continue; }
	try { new model(structuredClone(c.object)).validate(); } catch (e) { c.wrong.push(e.message); }
	const source = path.join(dir, `${i}.ts`);
	writeFileSync(source, `import type { I${kind} } from "${name}";\nexport const o: I${kind} = ${JSON.stringify(c.object, null, 1)};\n`);
	sources.set(path.resolve(source), c);
}
const program = ts.createProgram([...sources.keys()], {
	noEmit: true, strict: true, skipLibCheck: true, target: ts.ScriptTarget.ES2022, types: [],
	module: ts.ModuleKind.NodeNext, moduleResolution: ts.ModuleResolutionKind.NodeNext,
});
for (const d of ts.getPreEmitDiagnostics(program)) {
	const c = d.file && sources.get(path.resolve(d.file.fileName));
	const text = ts.flattenDiagnosticMessageText(d.messageText, ' ').replace(/\s+/g, ' ');
	if (!c) throw new Error(text);
	c.wrong.push(text);
}
for (const c of cases) {
	const ok = c.good === (c.wrong.length === 0);
	if (!ok) c.wrong.slice(0, 3).forEach((w) => console.log(`# ${w.slice(0, 300)}`));
	console.log(`${ok ? 1 : 0} ${c.text}`);
}
