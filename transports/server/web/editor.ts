// CodeMirror, in a shadow root: there it puts its styles into adopted style sheets, which a strict content security policy allows.

import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from '@codemirror/autocomplete'
import type { Completion, CompletionContext, CompletionResult } from '@codemirror/autocomplete'
import { defaultKeymap, history, historyKeymap, indentWithTab } from '@codemirror/commands'
import { yaml } from '@codemirror/lang-yaml'
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from '@codemirror/language'
import { linter, lintGutter, lintKeymap, setDiagnostics } from '@codemirror/lint'
import type { Diagnostic } from '@codemirror/lint'
import { highlightSelectionMatches, search, searchKeymap } from '@codemirror/search'
import { EditorState, Prec, StateEffect, StateField } from '@codemirror/state'
import type { Extension } from '@codemirror/state'
import { Decoration, drawSelection, EditorView, highlightActiveLine, highlightActiveLineGutter, hoverTooltip, keymap, lineNumbers, placeholder } from '@codemirror/view'
import type { DecorationSet } from '@codemirror/view'
import { tags } from '@lezer/highlight'
import { h } from './dom.ts'
import type { RulesetSchema } from './ruleset-schema.ts'

const look = EditorView.theme({
  '&': { height: '100%', color: 'var(--text)', backgroundColor: 'var(--field)', fontSize: '13px' },
  '&.cm-focused': { outline: 'none' },
  '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.55' },
  '.cm-content': { caretColor: 'var(--text)', padding: '8px 0' },
  '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--text)' },
  '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': { backgroundColor: 'var(--selection)' },
  '.cm-gutters': { backgroundColor: 'var(--field)', color: 'var(--faint)', border: 'none' },
  '.cm-activeLine': { backgroundColor: 'var(--line)' },
  '.cm-activeLineGutter': { backgroundColor: 'var(--line)', color: 'var(--text)' },
  '.cm-matchingBracket': { backgroundColor: 'transparent' },
  '&.cm-focused .cm-matchingBracket': { backgroundColor: 'var(--selection)', outline: '1px solid var(--border)' },
  '.cm-placeholder': { color: 'var(--muted)' },
  '.cm-selectionMatch': { backgroundColor: 'var(--selection)' },
  '.cm-searchMatch': { backgroundColor: 'var(--mark)', outline: '1px solid var(--mark-edge)' },
  '.cm-tooltip': { backgroundColor: 'var(--panel)', color: 'var(--text)', border: '1px solid var(--border)', borderRadius: '8px', boxShadow: 'var(--shadow)' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', fontSize: '13px', maxHeight: '17em' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li:first-child': { borderRadius: '7px 7px 0 0' },
  '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '3px 10px' },
  '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--on-accent)' },
  '.cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail': { color: 'var(--on-accent)' },
  '.cm-completionDetail': { color: 'var(--muted)', fontStyle: 'normal', marginLeft: '1em' },
  '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
  '.cm-completionInfo': { padding: '8px 12px', maxWidth: '22em', fontFamily: 'var(--sans)', lineHeight: '1.45', overflow: 'auto' },
  '.cm-hint': { padding: '8px 12px', maxWidth: '30em', fontFamily: 'var(--sans)', fontSize: '13px', lineHeight: '1.45' },
  '.cm-hint strong': { fontFamily: 'var(--mono)', display: 'block' },
  '.cm-diagnostic': { padding: '6px 12px', fontFamily: 'var(--sans)', borderLeftWidth: '3px' },
  '.cm-diagnostic-error': { borderLeftColor: 'var(--error)' },
  '.cm-diagnostic-warning': { borderLeftColor: 'var(--warning)' },
  '.cm-lintRange-error': { backgroundImage: 'none', textDecoration: 'underline wavy var(--error) 1.5px', textUnderlineOffset: '3px', textDecorationSkipInk: 'none' },
  '.cm-lintRange-warning': { backgroundImage: 'none', textDecoration: 'underline wavy var(--warning) 1.5px', textUnderlineOffset: '3px', textDecorationSkipInk: 'none' },
  '.cm-lintPoint:after': { borderBottomColor: 'var(--error)' },
  '.cm-panels': { backgroundColor: 'var(--panel)', color: 'var(--text)', borderColor: 'var(--border)' },
  '.cm-panel.cm-search': { padding: '8px', fontFamily: 'var(--sans)' },
  '.cm-panel input, .cm-panel button': { font: 'inherit', color: 'var(--text)', background: 'var(--field)', border: '1px solid var(--border)', borderRadius: '4px' },
  '.cm-masked': { backgroundColor: 'var(--mark)', borderRadius: '3px', boxShadow: '0 0 0 1px var(--mark-edge)' },
  '.cm-masked-now': { backgroundColor: 'var(--mark-strong)', boxShadow: '0 0 0 2px var(--mark-edge)' },
})

const colours = HighlightStyle.define([
  { tag: [tags.definition(tags.propertyName), tags.propertyName], color: 'var(--syntax-key)' },
  { tag: [tags.string, tags.special(tags.string)], color: 'var(--syntax-string)' },
  { tag: tags.comment, color: 'var(--muted)', fontStyle: 'italic' },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: 'var(--syntax-number)' },
  { tag: [tags.labelName, tags.typeName], color: 'var(--syntax-number)' },
  { tag: tags.invalid, color: 'var(--error)' },
])

/** A place that was masked, and how often it is pointed at. */
export interface Masked {
  readonly from: number
  readonly to: number
  readonly now: boolean
  readonly title: string
}

const setMasked = StateEffect.define<readonly Masked[]>()
const maskedField = StateField.define<{ readonly all: readonly Masked[]; readonly marks: DecorationSet }>({
  create: () => ({ all: [], marks: Decoration.none }),
  update(value, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(setMasked)) continue
      const all = effect.value.filter(({ from, to }) => from < to && to <= transaction.state.doc.length)
      const ranges = all.map(({ from, to, now }) => Decoration.mark({ class: now ? 'cm-masked cm-masked-now' : 'cm-masked' }).range(from, to))
      return { all, marks: Decoration.set(ranges, true) }
    }
    // what is written makes the marks old: they go with their text until the next answer
    return transaction.docChanged ? { all: [], marks: value.marks.map(transaction.changes) } : value
  },
  provide: (field) => EditorView.decorations.from(field, ({ marks }) => marks),
})

/** An editor in the page. */
export interface Editor {
  readonly element: HTMLElement
  text: string
  focus(): void
  /** Goes to a place and shows it. */
  goTo(at: number): void
  underline(diagnostics: readonly Diagnostic[]): void
  mark(masked: readonly Masked[]): void
  /** The place of a line and column, which count from 1; columns in UTF-16 units. */
  place(line: number, column: number): number
  close(): void
}

interface EditorOptions {
  readonly label: string
  readonly text: string
  readonly placeholder?: string
  readonly onChange: () => void
  /** Ctrl-Enter, Cmd-Enter. */
  readonly onRun?: () => void
  /** Ctrl-S, Cmd-S. */
  readonly onSave?: () => void
  /** Completion and hints; the Tab key indents. */
  readonly schema?: () => RulesetSchema | undefined
}

/** Makes an editor for a ruleset (with a schema) or a payload. */
export function createEditor({ label, text, placeholder: empty, onChange, onRun, onSave, schema }: EditorOptions): Editor {
  const element = h('div', { class: 'editor' })
  const root = element.attachShadow({ mode: 'open' })
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(':host { display: block } .frame { height: 100% }')
  root.adoptedStyleSheets = [sheet]
  const frame = h('div', { class: 'frame' })
  root.append(frame)
  const ruleset: Extension =
    schema === undefined
      ? []
      : [
          lineNumbers(),
          highlightActiveLine(),
          highlightActiveLineGutter(),
          lintGutter(),
          autocompletion({
            override: [completer(schema)],
            icons: false,
            activateOnCompletion: (completion) => (completion as { goesOn?: boolean }).goesOn === true,
            maxRenderedOptions: 250,
          }),
          hoverTooltip(hinter(schema)),
          keymap.of([{ key: 'Tab', run: acceptCompletion }, indentWithTab]),
        ]
  const run = (action: (() => void) | undefined): (() => boolean) => {
    return () => {
      action?.()
      return true
    }
  }
  const view = new EditorView({
    root,
    parent: frame,
    state: EditorState.create({
      doc: text,
      extensions: [
        look,
        // an Escape that closes something else too counts: Tab leaves the field then
        Prec.highest(
          keymap.of([
            {
              key: 'Escape',
              run(view) {
                view.setTabFocusMode(2000)
                return false
              },
            },
          ]),
        ),
        keymap.of([
          ...(onSave === undefined ? [] : [{ key: 'Mod-s', run: run(onSave), preventDefault: true }]),
          ...(onRun === undefined ? [] : [{ key: 'Mod-Enter', run: run(onRun) }]),
        ]),
        ruleset,
        history(),
        drawSelection(),
        bracketMatching(),
        closeBrackets(),
        indentOnInput(),
        indentUnit.of('  '),
        search({ top: true }),
        highlightSelectionMatches(),
        yaml(),
        syntaxHighlighting(colours),
        maskedField,
        hoverTooltip((view, at) => {
          const found = view.state.field(maskedField).all.find(({ from, to }) => at >= from && at <= to)
          if (found === undefined) return null
          return { pos: found.from, end: found.to, above: true, create: () => ({ dom: h('div', { class: 'cm-hint' }, found.title) }) }
        }),
        linter(null),
        EditorView.domEventHandlers({ beforeinput: replaceSelected }),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ 'aria-label': label, spellcheck: 'false', autocapitalize: 'off', autocorrect: 'off' }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange()
        }),
        ...(empty === undefined ? [] : [placeholder(empty)]),
        keymap.of([...closeBracketsKeymap, ...defaultKeymap, ...searchKeymap, ...historyKeymap, ...completionKeymap, ...lintKeymap]),
      ],
    }),
  })
  return {
    element,
    get text() {
      return view.state.doc.toString()
    },
    set text(next) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next }, selection: { anchor: 0 } })
    },
    focus: () => view.focus(),
    goTo(at) {
      view.dispatch({ selection: { anchor: Math.min(at, view.state.doc.length) }, effects: EditorView.scrollIntoView(Math.min(at, view.state.doc.length), { y: 'center' }) })
      view.focus()
    },
    underline: (diagnostics) => view.dispatch(setDiagnostics(view.state, diagnostics as Diagnostic[])),
    mark: (masked) => view.dispatch({ effects: setMasked.of([...masked].sort((a, b) => a.from - b.from)) }),
    place(line, column) {
      const { doc } = view.state
      if (line > doc.lines) return doc.length
      const { from, to } = doc.line(Math.max(1, line))
      return Math.min(to, from + Math.max(0, column - 1))
    },
    close: () => view.destroy(),
  }
}

/**
 * Typing over a selection: left to itself the browser keeps the looks of what goes by inline styles, which the content security policy
 * refuses, aloud.
 */
function replaceSelected(event: InputEvent, view: EditorView): boolean {
  const { data, inputType, isComposing } = event
  const { main } = view.state.selection
  if (inputType !== 'insertText' || data === null || isComposing || main.empty || view.state.selection.ranges.length > 1) return false
  event.preventDefault()
  const insert = () => view.state.update(view.state.replaceSelection(data), { userEvent: 'input.type', scrollIntoView: true })
  const taken = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, main.from, main.to, data, insert))
  if (!taken) view.dispatch(insert())
  return true
}

function completer(schema: () => RulesetSchema | undefined): (context: CompletionContext) => CompletionResult | null {
  return (context) => {
    const { state, pos, explicit } = context
    const before = state.sliceDoc(Math.max(0, pos - 3), pos)
    // a new word, or where one is due; elsewhere it is asked for
    if (!explicit && !/[\w.:"'-]$|[:[,{-] $/.test(before)) return null
    const found = schema()?.proposals(state.doc.toString(), pos)
    if (found === undefined) return null
    const options = found.options.map(({ label, kind, text, detail, info, goesOn, boost }): Completion & { goesOn: boolean } => ({
      label,
      type: kind,
      apply: text,
      detail,
      ...(info === '' ? {} : { info }),
      boost,
      goesOn,
    }))
    return { from: found.from, to: found.to, options, validFor: /^[\w.:*-]*$/ }
  }
}

function hinter(schema: () => RulesetSchema | undefined): Parameters<typeof hoverTooltip>[0] {
  return (view, at) => {
    const found = schema()?.hint(view.state.doc.toString(), at)
    if (found === undefined) return null
    const { from, to, title, text } = found
    return { pos: from, end: to, above: true, create: () => ({ dom: h('div', { class: 'cm-hint' }, h('strong', {}, title), text) }) }
  }
}

export type { Diagnostic }
