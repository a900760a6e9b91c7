package config

import (
	"path/filepath"
	"strings"

	"github.com/goccy/go-yaml/ast"
)

// WebKeyFile is the name of the file in a newsroom's folder with its web key: all
// that a locked node has.
const WebKeyFile = "broadsheet.webkey"

// Key says where the master key comes from: one of File, Command, Unlock and Web.
type Key struct {
	File    string   // absolute path of the file with it
	Command []string // a program and its arguments, which prints it
	Unlock  bool     // serve starts without it, and is handed it: "broadsheet unlock"
	Web     bool     // never here: this node serves readers' pages alone
	WebFile string   // absolute path of the file with the web key
}

var keyKeys = []key[Key]{
	{name: "command", required: "command: [pass, show, newsroom]", read: func(v value, k *Key) { k.Command = v.list("a program and its arguments") }},
}

func readMasterKey(v value, c *Config) {
	c.Key.WebFile = filepath.Join(v.r.dir, WebKeyFile)
	switch v.node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		readMapping(v, "key", keyKeys, &c.Key)
		return
	}
	s, ok := v.text()
	if !ok {
		return
	}
	switch kind, rest, _ := strings.Cut(s, ":"); {
	case s == "unlock":
		c.Key.Unlock = true
	case s == "web":
		c.Key.Web = true
	case kind == "file" && rest != "":
		c.Key.File, _ = v.within(rest)
	case kind == "command" && strings.TrimSpace(rest) != "":
		c.Key.Command = strings.Fields(rest)
	default: // it may be the key itself
		v.hide()
		v.report("the master key is given as where it comes from", "for example: file:broadsheet.key; or command: [pass, show, newsroom]; or unlock")
	}
}
