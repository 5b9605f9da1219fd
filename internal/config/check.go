package config

import (
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// Check returns all errors of the files and the environment, and valid settings
// that are probably mistakes.
func Check(src *Sources) []error {
	environ, envErr := src.Table.environLayer(src.World)
	user, userErr := src.userFile()
	project, projectErr := src.projectFile()
	if projectErr == nil && project != nil && !IsTrusted(src.World, project.path, project.content) {
		projectErr = checkUntrusted(src.World, project)
	}
	wrong := slices.Concat(all(envErr), src.unknownVariables(), all(userErr), all(projectErr), src.misnamed())
	if errors.Join(envErr, userErr, projectErr) == nil {
		// Lifetimes that are too long show only in the whole configuration. The
		// words of a rule serve as a command that it matches.
		_, err := Load(src, nil)
		for i := 0; err == nil && project != nil && i < len(project.rules); i++ {
			_, err = Load(src, project.rules[i].words)
		}
		wrong = append(wrong, all(err)...)
	}
	wrong = append(wrong, environ.keyOfMany("")...)
	for _, f := range []*file{user, project} {
		if f != nil {
			wrong = append(wrong, f.top.keyOfMany(f.path)...)
		}
	}
	return wrong
}

// unknownVariables returns errors about variables that begin with MEMO_ and
// that memo does not know.
func (src *Sources) unknownVariables() []error {
	known := []string{"MEMO_CONFIG", "MEMO_CONTEXT", "MEMO_DISABLE", "MEMO_EVENT", "MEMO_EXIT_CODE", "MEMO_RECALL", "MEMO_SESSION"}
	for i := range src.Table {
		known = append(known, src.Table[i].Variable())
	}
	lower := make([]string, len(known))
	for i, name := range known {
		lower[i] = strings.ToLower(name)
	}
	var wrong []error
	for _, name := range src.World.MatchEnv("MEMO_*") {
		if text, _ := src.World.LookupEnv(name); text == "" || slices.Contains(known, name) {
			continue
		}
		why := "memo has no such variable"
		if near := Nearest(name, lower); near != "" {
			why += "; did you mean " + strings.ToUpper(near) + "?"
		}
		wrong = append(wrong, &SourceError{Source: name, Err: errors.New(why)})
	}
	return wrong
}

// misnamed returns errors about files that are not read because their names
// differ slightly from that of a configuration file.
func (src *Sources) misnamed() []error {
	var wrong []error
	look := func(dir, name, right string) {
		path := filepath.Join(dir, name)
		if _, err := src.World.Stat(path); err == nil {
			wrong = append(wrong, &SourceError{Source: path, Err: fmt.Errorf("it is not read; the name is %s", right)})
		}
	}
	for dir := src.World.Dir; dir != ""; dir = filepath.Dir(dir) {
		look(dir, ".memo.yml", ProjectName)
		if dir == filepath.Dir(dir) {
			break
		}
	}
	if path, explicit := src.UserPath(); path != "" && !explicit {
		look(filepath.Dir(path), "config.yml", filepath.Base(path))
	}
	return wrong
}

// keyOfMany returns an error about a key template at the top level that does
// not distinguish commands. path is the file; "" is the environment.
func (l layer) keyOfMany(path string) []error {
	for _, v := range l {
		if v.setting.Name != "key" || len(v.items) == 0 {
			continue
		}
		it := v.items[0]
		if strings.Contains(it.text, "{0}") && strings.Contains(it.text, "{@}") {
			continue
		}
		source := v.setting.Variable()
		if path != "" {
			source = path + ":" + strconv.Itoa(it.line)
		}
		return []error{&SourceError{Source: source, Err: fmt.Errorf("key %q stands for every command, and those that differ elsewhere share a result; put it into a rule", it.text)}}
	}
	return nil
}
