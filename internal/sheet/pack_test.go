package sheet_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"strings"
)

const (
	declared   = `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>` + "\n"
	main       = `http://schemas.openxmlformats.org/spreadsheetml/2006/main`
	documents  = `http://schemas.openxmlformats.org/officeDocument/2006/relationships`
	packages   = `http://schemas.openxmlformats.org/package/2006/`
	spreadType = `application/vnd.openxmlformats-officedocument.spreadsheetml.`
)

// failer is what tests and properties have in common.
type failer interface {
	Helper()
	Fatal(...any)
	Fatalf(string, ...any)
}

// part is a file of a workbook.
type part struct{ name, content string }

// parts answers the parts of a small workbook with one sheet, whose rows are given as XML.
func parts(rows string) []part {
	return []part{
		{"[Content_Types].xml", declared + `<Types xmlns="` + packages + `content-types">` +
			`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
			`<Default Extension="xml" ContentType="application/xml"/>` +
			`<Override PartName="/xl/workbook.xml" ContentType="` + spreadType + `sheet.main+xml"/>` +
			`<Override PartName="/xl/worksheets/sheet1.xml" ContentType="` + spreadType + `worksheet+xml"/>` +
			`<Override PartName="/xl/sharedStrings.xml" ContentType="` + spreadType + `sharedStrings+xml"/>` +
			`<Override PartName="/xl/styles.xml" ContentType="` + spreadType + `styles+xml"/></Types>`},
		{"_rels/.rels", declared + `<Relationships xmlns="` + packages + `relationships"><Relationship Id="rId1" Type="` + documents +
			`/officeDocument" Target="xl/workbook.xml"/></Relationships>`},
		{"xl/workbook.xml", declared + `<workbook xmlns="` + main + `" xmlns:r="` + documents + `"><sheets>` +
			`<sheet name="填报表" sheetId="1" r:id="rId1"/></sheets></workbook>`},
		{"xl/_rels/workbook.xml.rels", declared + `<Relationships xmlns="` + packages + `relationships">` +
			`<Relationship Id="rId1" Type="` + documents + `/worksheet" Target="worksheets/sheet1.xml"/>` +
			`<Relationship Id="rId2" Type="` + documents + `/sharedStrings" Target="/xl/sharedStrings.xml"/>` +
			`<Relationship Id="rId3" Type="` + documents + `/styles" Target="styles.xml"/></Relationships>`},
		{"xl/sharedStrings.xml", declared + `<sst xmlns="` + main + `"><si><t>会员数</t></si>` +
			`<si><r><rPr><b/></rPr><t>会</t></r><r><t>员</t></r><rPh sb="0" eb="1"><t>hui</t></rPh></si><si><t>a_x000D_b_x005F_c</t></si></sst>`},
		{"xl/styles.xml", declared + `<styleSheet xmlns="` + main + `"><numFmts count="4">` +
			`<numFmt numFmtId="164" formatCode="0.0%"/><numFmt numFmtId="165" formatCode="yyyy&quot;年&quot;m&quot;月&quot;"/>` +
			`<numFmt numFmtId="166" formatCode="0&quot;days&quot;"/><numFmt numFmtId="167" formatCode="[h]:mm"/></numFmts><cellXfs count="7">` +
			`<xf numFmtId="0"/><xf numFmtId="1"/><xf numFmtId="14"/><xf numFmtId="164"/><xf numFmtId="165"/><xf numFmtId="166"/><xf numFmtId="167"/>` +
			`</cellXfs></styleSheet>`},
		{"xl/worksheets/sheet1.xml", sheetOf(rows, "")},
	}
}

func sheetOf(rows, after string) string {
	return declared + `<worksheet xmlns="` + main + `"><sheetData>` + rows + `</sheetData>` + after + `</worksheet>`
}

// with answers the parts with one replaced or added; without content it is taken out.
func with(all []part, name, content string) []part {
	var changed []part
	found := false
	for _, p := range all {
		if p.name == name {
			found = true
			p.content = content
			if content == "" {
				continue
			}
		}
		changed = append(changed, p)
	}
	if !found {
		changed = append(changed, part{name, content})
	}
	return changed
}

// edited answers the parts with a piece of one exchanged.
func edited(t failer, all []part, name, from, to string) []part {
	t.Helper()
	for _, p := range all {
		if p.name == name && strings.Contains(p.content, from) {
			return with(all, name, strings.ReplaceAll(p.content, from, to))
		}
	}
	t.Fatalf("%s does not hold %q", name, from)
	return nil
}

func pack(t failer, all []part) []byte {
	t.Helper()
	return packWith(t, all, func(*zip.Writer) error { return nil })
}

// packWith packs the parts and whatever more adds.
func packWith(t failer, all []part, more func(*zip.Writer) error) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, p := range all {
		w, err := z.Create(p.name)
		if err == nil {
			_, err = w.Write([]byte(p.content))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(more(z), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// oneRow answers a row of cells, each given by its attributes and content.
func oneRow(cells ...string) string {
	return `<row r="1">` + strings.Join(cells, "") + `</row>`
}

func number(name string, style int, value string) string {
	return fmt.Sprintf(`<c r="%s" s="%d"><v>%s</v></c>`, name, style, value)
}
