package reference

import (
	"encoding/csv"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Label stands in every record: it is made up, and its district is none that the fact is about.
const Label = "参考示例，非真实记录"

// The facts. The studios were told for the whole province, 49.8 % of them of the skill-transfer type, which are 1,672; the mentors for the city.
const (
	Studios       = 3357
	SkillTransfer = 1672
	Mentors       = 8
	// perMentor is how many cadres a mentor has: more than three the register asks about.
	perMentor = 3
)

// File is a table of a register as it is taken from a file.
type File struct {
	Name  string // hubei-studios.csv
	Table string // of the register or child table
	Heads []string
	Rows  [][]string
}

// Write writes the file with the sign by which spreadsheets know UTF-8.
func (f *File) Write(w io.Writer) error {
	if _, err := io.WriteString(w, "\ufeff"); err != nil {
		return err
	}
	out := csv.NewWriter(w)
	if err := out.Write(f.Heads); err != nil {
		return err
	}
	return out.WriteAll(f.Rows)
}

// Hubei makes the studios, spread over units, of the figures of a year: no pair of them shares host, leader and type.
func Hubei(units []string, year int) File {
	f := File{Name: "hubei-studios.csv", Table: "innovation_studios", Heads: strings.Split("studio_no,unit_code,name,host_org_name,studio_type,leader_name,"+
		"leader_honour,level,established_on,members_count,apprentices_count,figures_year,results_ytd,applied_ytd,joint_projects_ytd,trained_ytd,status,status_changed_on,source_note", ",")}
	others := []string{"tech_breakthrough", "process_improvement", "management_innovation", "service_innovation"}
	for n := range Studios {
		kind, taught := "skill_transfer", 20+n%50
		if n >= SkillTransfer {
			kind, taught = others[n%len(others)], 0
		}
		f.Rows = append(f.Rows, []string{
			fmt.Sprintf("HB-%06d", n+1), units[n%len(units)], fmt.Sprintf("示例%d号创新工作室", n+1), fmt.Sprintf("示例%d号企业", n+1), kind, fmt.Sprintf("示例%d", n+1),
			[]string{"national_model_worker", "provincial_model_worker", "city_model_worker", "craftsman", "staff_expert"}[n%5], []string{"district", "city", "provincial"}[n%3],
			"2020-05-01", strconv.Itoa(5 + n%20), strconv.Itoa(n % 12), strconv.Itoa(year), strconv.Itoa(n % 4), "0", strconv.Itoa(n % 2), strconv.Itoa(taught), "active", "2020-05-01", Label,
		})
	}
	return f
}

// Wuxi makes the programme for young cadres: eight model workers as mentors with three cadres each, talks on both platforms, secondments to other
// organs, labour in workshops. The second file is of the child table.
func Wuxi(units []string, year int) (cadres, events File) {
	cadres = File{Name: "wuxi-cadres.csv", Table: "young_cadres", Heads: strings.Split("cadre_no,unit_code,name,birth_month,org,position,programme_year,"+
		"mentor_name,mentor_type,paired_on,pairing_ends_on,pairing_status,training_hours_ytd,status,source_note", ",")}
	events = File{Name: "wuxi-events.csv", Table: "cadre_events", Heads: strings.Split("event_no,cadre_no,event_type,platform,topic,host_org,host_level,approval_no,occurred_on,ended_on,days,summary_zh", ",")}
	day := func(month, of int) string { return fmt.Sprintf("%d-%02d-%02d", year, month, of) }
	add := func(cadre string, cells ...string) {
		events.Rows = append(events.Rows, append([]string{fmt.Sprintf("WX-H%04d", len(events.Rows)+1), cadre}, append(cells, Label)...))
	}
	for n := range Mentors * perMentor {
		cadre := fmt.Sprintf("WX-%03d", n+1)
		cadres.Rows = append(cadres.Rows, []string{
			cadre, units[n%len(units)], fmt.Sprintf("示例%d", n+1), fmt.Sprintf("%d-0%d", year-28-n%5, 1+n%9), "示例区总工会", "示例岗位", strconv.Itoa(year),
			fmt.Sprintf("导师%d", n/perMentor+1), "model_worker", day(1, 5), fmt.Sprintf("%d-12-31", year), "paired", "24", "active", Label,
		})
		add(cadre, "mentoring", "", "", "", "", "", day(1, 5), day(1, 5), "")
		add(cadre, "platform_talk", []string{"cadre_forum", "youth_talk"}[n%2], "示例题目", "", "", "", day(2, 10), day(2, 10), "")
		if n%4 == 0 {
			add(cadre, "secondment", "", "", "示例部门", "peer", fmt.Sprintf("示例〔%d〕%d号", year, n+1), day(3, 2), day(3, 20), "15")
		}
		if n%2 == 0 {
			add(cadre, "workshop_labour", "", "", "示例车间", "grassroots", "", day(2, 2), day(2, 4), "2.5")
		}
	}
	return cadres, events
}
