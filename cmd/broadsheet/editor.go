package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/broadsheet-news/broadsheet/digest"
	"github.com/broadsheet-news/broadsheet/internal/newsroom"
)

// scriptTries is how often an editor that is a script may get it wrong.
const scriptTries = 5

// editByHand opens the editor's file until it can be followed, or the editor gives
// up: closes it as it is, or empty. As in kubectl edit, what was wrong stands in the
// file when it is opened again, and what cannot be saved is kept.
func (a *App) editByHand(ctx context.Context, n *newsroom.Newsroom, name string) error {
	editor, err := a.editor()
	if err != nil {
		return err
	}
	begun, err := n.BeginEdit(ctx, name)
	if err != nil {
		return err
	}
	ctx = context.WithoutCancel(ctx) // Ctrl-C in an editor is the editor's
	file, err := newEditorFile(begun)
	if err != nil {
		return err
	}
	var wrong *digest.OverlayError
	text, shown, line := begun.Text, begun.Text, 0
	for tries := 1; ; tries++ {
		got, err := file.open(a, editor, shown, line)
		if err != nil && bytes.Equal(got, begun.Text) {
			return errors.Join(fmt.Errorf("%w\n%s is as it was", err, begun.Ref), file.remove())
		}
		if err != nil {
			return file.keep(err)
		}
		if len(bytes.TrimSpace(got)) == 0 || wrong == nil && bytes.Equal(got, text) {
			a.tell("%s is as it was.\n", begun.Ref)
			return file.remove()
		}
		if wrong != nil && (bytes.Equal(got, text) || tries > scriptTries && !isTerminal(a.In)) {
			return file.keep(wrong)
		}
		done, err := n.Save(ctx, begun, got)
		if err == nil {
			a.printEdited(done)
			return file.remove()
		}
		if !errors.As(err, &wrong) {
			return file.keep(err)
		}
		text = got
		shown, line = digest.MarkErrors(got, wrong.Problems)
	}
}

// editor is the command of the person's editor, as git finds it.
func (a *App) editor() (string, error) {
	for _, name := range []string{"VISUAL", "EDITOR"} {
		if command, _ := a.Lookup(name); strings.TrimSpace(command) != "" {
			return command, nil
		}
	}
	if isTerminal(a.In) {
		for _, name := range []string{"editor", "nano", "vi"} {
			if _, err := exec.LookPath(name); err == nil {
				return name, nil
			}
		}
	}
	return "", misused("no editor is known here: set EDITOR, or hand in a prepared file with --file (--print writes one to start from)")
}

// editorFile is the file on the disk while an editor has it.
type editorFile struct{ path, ref string }

func newEditorFile(begun *newsroom.Editing) (*editorFile, error) {
	name := strings.NewReplacer("/", "-", ":", "").Replace(begun.Ref)
	f, err := os.CreateTemp("", name+".*.yaml") // readable by its owner alone
	if err != nil {
		return nil, fmt.Errorf("make the editor's file: %w", err)
	}
	return &editorFile{f.Name(), begun.Ref}, f.Close()
}

// linesTaken are the editors that open a file at +LINE.
var linesTaken = []string{"vi", "vim", "nvim", "nano", "emacs", "micro", "joe", "mg", "kak"}

// open lets the editor change the text, and returns it without the errors marked in it.
func (f *editorFile) open(a *App, editor string, text []byte, line int) ([]byte, error) {
	if err := os.WriteFile(f.path, text, 0o600); err != nil {
		return nil, err
	}
	args := []string{"-c", editor + ` "$@"`, editor} // EDITOR may hold arguments, as in "code --wait"
	if program, _, _ := strings.Cut(strings.TrimSpace(editor), " "); line > 1 && slices.Contains(linesTaken, filepath.Base(program)) {
		args = append(args, fmt.Sprintf("+%d", line))
	}
	run := exec.Command("sh", append(args, f.path)...)
	run.Stdin, run.Stdout, run.Stderr = a.In, a.Out, a.Err
	failed := run.Run()
	got, err := a.readInput(f.path)
	if failed != nil {
		err = fmt.Errorf("the editor %q failed: %w", editor, failed)
	}
	return digest.StripErrors(got), err
}

func (f *editorFile) remove() error { return os.Remove(f.path) }

// keep ends an edit that was not saved, and says where its text is.
func (f *editorFile) keep(why error) error {
	return fmt.Errorf("%w\nNothing was saved. Your text is kept in %s: mend it, and \"broadsheet edit %s --file %s\"", why, f.path, f.ref, f.path)
}
