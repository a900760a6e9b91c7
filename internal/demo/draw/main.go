// Draw draws the pictures of the demo's newspaper: flat harbour scenes from one
// small palette. The same program draws the same bytes on every machine.
//
//	go generate ./internal/demo
//
// Each scene is a function in a file of its own kind; canvas.go is the brush.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
)

// scenes by file name.
var scenes = []struct {
	name string
	draw func(*canvas)
}{
	{"ferry", ferry},
	{"cranes", cranes},
	{"lighthouse", lighthouse},
	{"market", market},
	{"tidegauge", tidegauge},
	{"library", library},
	{"marsh", marsh},
	{"bridge", bridge},
}

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: draw DIR")
		os.Exit(2)
	}
	for _, s := range scenes {
		var out bytes.Buffer
		c := newCanvas()
		s.draw(c)
		err := c.encode(&out)
		if err == nil {
			err = os.WriteFile(filepath.Join(os.Args[1], s.name+".png"), out.Bytes(), 0o644)
		}
		if err != nil {
			fmt.Fprintln(os.Stderr, "draw:", err)
			os.Exit(1)
		}
	}
}
