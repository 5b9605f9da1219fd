//go:build unix

package fingerprint

import (
	"bytes"
	"path/filepath"
	"runtime"
	"strings"
)

// shell executes programs that the kernel can't.
const shell = "/bin/sh"

// interpreter returns the interpreter of a program that begins with head, and
// its first arguments. ok is false if the program is binary or can't be read.
func interpreter(head []byte) (name string, args []string, ok bool) {
	line, isScript := bytes.CutPrefix(head, []byte("#!"))
	if !isScript {
		return shell, nil, head != nil && bytes.IndexByte(head, 0) < 0
	}
	line, _, ended := bytes.Cut(line, []byte("\n"))
	text := strings.Trim(string(line), " \t")
	name, arg, split := strings.Cut(strings.ReplaceAll(text, "\t", " "), " ")
	if name == "" || !ended && !split && len(head) == headSize {
		return shell, nil, true
	}
	if !hasDirectory(name) {
		name = "./" + name
	}
	if arg = strings.Trim(text[len(text)-len(arg):], " \t"); arg == "" {
		return name, nil, true
	}
	if runtime.GOOS == "darwin" {
		return name, strings.Fields(arg), true
	}
	return name, []string{arg}, true
}

// throughEnv returns the program that the interpreter at path executes if it is
// env(1), called with args. It applies the changes of PATH and the working
// directory in args to l.
func (l *launch) throughEnv(path string, args []string) (name string, ok bool) {
	if filepath.Base(path) != "env" {
		return "", false
	}
	options := true
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		name, _, assigns := strings.Cut(arg, "=")
		switch {
		case options && arg == "--":
			options = false
		case options && strings.HasPrefix(arg, "-"):
			if args, ok = l.envOption(arg, args); !ok {
				return "", false
			}
		case assigns:
			options = false
			if name == "PATH" {
				l.path = strings.Split(arg[len("PATH="):], ":")
			}
		default:
			return arg, arg != ""
		}
	}
	return "", false
}

// envOption applies an argument with options of env, and returns the remaining
// arguments. ok is false if their effect is unknown.
func (l *launch) envOption(arg string, args []string) (rest []string, ok bool) {
	if long, isLong := strings.CutPrefix(arg, "--"); isLong {
		name, value, hasValue := strings.Cut(long, "=")
		switch name {
		case "ignore-environment":
			return l.envEffect('i', "", args)
		case "null", "debug", "list-signal-handling", "default-signal", "ignore-signal", "block-signal":
			return args, true
		}
		letter, known := map[string]byte{"unset": 'u', "chdir": 'C', "split-string": 'S', "argv0": 'a'}[name]
		if !hasValue && len(args) > 0 {
			value, args, hasValue = args[0], args[1:], true
		}
		if !known || !hasValue {
			return nil, false
		}
		return l.envEffect(letter, value, args)
	}
	if arg == "-" {
		return l.envEffect('i', "", args)
	}
	for i := 1; i < len(arg); i++ {
		switch c := arg[i]; c {
		case '0', 'v', 'i':
			args, _ = l.envEffect(c, "", args)
		case 'u', 'C', 'S', 'a', 'P':
			value := arg[i+1:]
			if value == "" {
				if len(args) == 0 {
					return nil, false
				}
				value, args = args[0], args[1:]
			}
			return l.envEffect(c, value, args)
		default:
			return nil, false
		}
	}
	return args, true
}

// envEffect applies one option of env.
func (l *launch) envEffect(option byte, value string, args []string) (rest []string, ok bool) {
	switch option {
	case 'i':
		l.path = strings.Split(defaultPath, ":")
	case 'u':
		if value == "PATH" {
			l.path = strings.Split(defaultPath, ":")
		}
	case 'P':
		l.path = strings.Split(value, ":")
	case 'C':
		l.dir = resolve(l.dir, value)
	case 'S':
		words, ok := l.splitString(value)
		return append(words, args...), ok
	}
	return args, true
}

// splitString splits the value of env's option -S as GNU and BSD do.
func (l *launch) splitString(s string) (words []string, ok bool) {
	var word strings.Builder
	var quote byte
	begun := false
	flush := func() {
		if begun {
			words = append(words, word.String())
		}
		word.Reset()
		begun = false
	}
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case quote == 0 && strings.IndexByte(" \t\n\v\f\r", c) >= 0:
			flush()
			continue
		case quote == 0 && c == '#' && !begun:
			return words, true
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case c == '\\' && i+1 < len(s) && (quote != '\'' || s[i+1] == '\\' || s[i+1] == '\''):
			i++
			switch at := strings.IndexByte(`fnrtv#$_"'\`, s[i]); {
			case s[i] == 'c' && quote == 0:
				flush()
				return words, true
			case s[i] == '_' && quote == 0:
				flush()
				continue
			case at < 0:
				return nil, false
			default:
				word.WriteByte("\f\n\r\t\v#$ \"'\\"[at])
			}
		case c == '$' && quote != '\'':
			name, _, ended := strings.Cut(s[i:], "}")
			if !ended || !strings.HasPrefix(name, "${") {
				return nil, false
			}
			value, _ := l.w.LookupEnv(name[2:])
			word.WriteString(value)
			i += len(name)
		default:
			word.WriteByte(c)
		}
		begun = true
	}
	flush()
	return words, quote == 0
}
