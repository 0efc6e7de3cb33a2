package demo

import "github.com/unionboard/unionboard/internal/assess"

// named is the recipe of an item.
type named struct {
	item assess.Code
	recipe
}

// recipes answers the recipe of every item, wholes before their parts. Only what the story tells itself is left out: bonus
// points, and the items that count the reports of the city's own system.
func recipes() []named {
	even := path{23, 48, 74, 100}
	late := path{15, 42, 73, 100}
	return []named{
		// Organisations and members.
		{"grassroots_unions", stock{growth: 40}},
		{"covered_units", multiple{of: "grassroots_unions", by: 4000, spread: 500}},
		{"employees_in_unionised_units", stock{growth: 50}},
		{"union_members", part{of: "employees_in_unionised_units", level: 9330, swing: 460, drift: 15}},
		{"female_members", part{of: "union_members", level: 3850, swing: 150}},
		{"migrant_members", part{of: "union_members", level: 3300, swing: 350}},
		{"unionised_enterprises", part{of: "covered_units", level: 6650, swing: 150}},
		{"employees_in_unionised_enterprises", part{of: "employees_in_unionised_units", level: 6800, swing: 250}},
		{"new_unions_ytd", toward{9900, 2280}},
		{"ent25_total", stock{growth: 30, yearly: true}},
		{"ent25_unionised", part{of: "ent25_total", level: 8880, swing: 730, drift: 25}},
		{"unions_due_election_ytd", caseload{path{68, 80, 91, 100}}},
		{"unions_elected_on_time_ytd", part{of: "unions_due_election_ytd", level: 9360, swing: 730}},

		// Funds and their refund.
		{"fund_plan_annual", stock{growth: 80, yearly: true, step: 10_000}},
		{"fund_received_ytd", reach{9850, 1400}},
		{"refund_due_amount_ytd", refunded{approvedYuan}},
		{"refund_paid_amount_ytd", refunded{paidYuan}},
		{"refund_matured_count_ytd", refunded{matured}},
		{"refund_on_time_count_ytd", refunded{onTime}},

		// Guidance, culture.
		{"lecture_covered_unions_ytd", reach{9900, 1750}},
		{"lecture_sessions_ytd", multiple{of: "lecture_covered_unions_ytd", by: 420, spread: 800}},
		{"lecture_attendees_ytd", multiple{of: "lecture_sessions_ytd", by: 115_000, spread: 900}},
		{"online_verified_members", part{of: "union_members", level: 5700, swing: 1330, drift: 90}},
		{"culture_participants_ytd", accrual{late, 1300}},
		{"bookhouses", toward{9900, 1580}},
		{"palace_visits_ytd", accrual{path{20, 45, 75, 100}, 1400}},

		// Skills, innovation, model workers.
		{"competitions_completed_ytd", toward{9800, 2280}},
		{"competition_participants_ytd", together{"competitions_completed_ytd", toward{9900, 2280}}},
		{"studios_active", toward{9750, 1220}},
		{"studios_skill_transfer", part{of: "studios_active", level: 4700, swing: 1260, drift: 40}},
		{"studios_model_led", part{of: "studios_active", level: 5250, swing: 1260}},
		{"studio_joint_projects_ytd", toward{9800, 2620}},
		{"skill_training_ytd", toward{9900, 1920}},
		{"skill_upgrade_ytd", toward{9750, 2280}},
		{"skill_upgrade_high_ytd", part{of: "skill_upgrade_ytd", level: 3350, swing: 910}},
		{"craftsmen_selected_ytd", toward{9900, 2100}},
		{"apprentice_pairs_active", toward{9800, 1580}},
		{"innovation_results_ytd", accrual{late, 1500}},
		{"innovation_applied_ytd", part{of: "innovation_results_ytd", level: 1600, swing: 590}},
		{"model_lectures_ytd", toward{9900, 1750}},
		{"models_eligible", stock{growth: -20, yearly: true}},
		{"models_benefited_ytd", reach{9850, 1220}},
		{"nominees_total_ytd", accrual{}},
		{"nominees_frontline_ytd", part{of: "nominees_total_ytd", level: 6900, swing: 980}},

		// Hardship households, service.
		{"hardship_opening", opening{}},
		{"hardship_exited_ytd", portion{of: "hardship_opening", level: 2700, swing: 750, phases: path{11, 32, 66, 100}}},
		{"hardship_closed_other_ytd", portion{of: "hardship_opening", level: 480, swing: 60, phases: even}},
		{"hardship_added_ytd", entries{}},
		{"hardship_on_file", balance{}},
		{"hardship_in_year", inYear{}},
		{"hardship_assisted_ytd", reach{9800, 1400}},
		{"warmth_fund_ytd", toward{9850, 1580}},
		{"warmth_recipients_ytd", multiple{of: "warmth_fund_ytd", by: 3, spread: 1500}},
		{"cooling_recipients_ytd", toward{9900, 1750}},
		{"education_aid_students_ytd", toward{9900, 1750}},
		{"education_aid_fund_ytd", multiple{of: "education_aid_students_ytd", by: 3_000_000, spread: 900}},
		{"mutual_aid_enrolled", part{of: "union_members", level: 1480, swing: 460, drift: 12}},
		{"mutual_aid_claims_ytd", portion{of: "mutual_aid_enrolled", level: 430, swing: 0, phases: even}},
		{"stations_active", toward{9900, 1220}},
		{"stations_star3", part{of: "stations_active", level: 5900, swing: 1120, drift: 60}},
		{"childcare_children_ytd", toward{9850, 1920}},
		{"childcare_classes_ytd", multiple{of: "childcare_children_ytd", by: 34, spread: 700}},

		// Rights.
		{"ent_with_congress", part{of: "unionised_enterprises", level: 8290, swing: 480, drift: 20}},
		{"ent_covered_cc", part{of: "unionised_enterprises", level: 8250, swing: 400, drift: 10}},
		{"employees_covered_cc", part{of: "employees_in_unionised_enterprises", level: 8330, swing: 420, drift: 15}},
		{"ent_covered_wage", part{of: "unionised_enterprises", level: 7850, swing: 480, drift: 15}},
		{"regional_cc_enterprises", toward{9900, 1220}},
		{"mediation_accepted_ytd", caseload{even}},
		{"mediation_closed_ytd", part{of: "mediation_accepted_ytd", level: 9200, swing: 350}},
		{"mediation_succeeded_ytd", part{of: "mediation_closed_ytd", level: 7550, swing: 700}},
		{"legal_aid_closed_ytd", toward{9900, 1920}},
		{"supervision_issued_ytd", caseload{even}},
		{"supervision_responded_ytd", part{of: "supervision_issued_ytd", level: 9000, swing: 980}},
		{"collective_disputes_ytd", caseload{even}},
		{"collective_disputes_resolved_ytd", part{of: "collective_disputes_ytd", level: 9700, swing: 980}},
		{"harmony_units_new_ytd", toward{9900, 1920}},
		{"mediation_integrated_org", running{}},

		// New forms of employment.
		{"nef_workers", stock{growth: 60, yearly: true}},
		{"nef_members", part{of: "nef_workers", level: 7500, swing: 870, drift: 60}},
		{"nef_new_members_ytd", toward{9900, 2280}},
		{"nef_platform_units", stock{yearly: true}},
		{"nef_platform_covered", part{of: "nef_platform_units", level: 8800, swing: 910, drift: 25}},
		{"nef_care_ytd", toward{9900, 2100}},

		// The organ itself.
		{"key_tasks_assigned", stock{yearly: true}},
		{"key_tasks_due_ytd", portion{of: "key_tasks_assigned", level: 10_000, phases: path{20, 45, 72, 95}}},
		{"key_tasks_done_ytd", part{of: "key_tasks_due_ytd", level: 9000, swing: 700}},
		{"party_branch_rating", graded{[]int64{150, -550, -1500}}},
		{"appeals_due_ytd", caseload{even}},
		{"appeals_on_time_ytd", part{of: "appeals_due_ytd", level: 9530, swing: 280}},
		{"satisfaction_score", surveyed{905, 45}},
		{"linked_units_assigned", stock{yearly: true}},
		{"linked_units_served_ytd", reach{9900, 1920}},
		{"projects_approved", stock{yearly: true}},
		{"projects_on_track", part{of: "projects_approved", level: 8700, swing: 840}},
		{"pilot_task_rating", graded{[]int64{250, -450, -1400}}},
		{"cadres_total", stock{yearly: true}},
		{"cadres_hours_met_ytd", reach{9600, 1580}},
		{"young_cadres_active", stock{yearly: true}},
		{"young_cadres_paired", part{of: "young_cadres_active", level: 9250, swing: 700}},
		{"young_cadres_talked_ytd", reach{9600, 2100}},
		{"workshop_days_ytd", reach{9600, 2100}},
		{"issues_due_ytd", caseload{even}},
		{"issues_rectified_ytd", part{of: "issues_due_ytd", level: 9450, swing: 560}},
		{"fund_audit_planned", stock{yearly: true}},
		{"fund_audit_done_ytd", reach{9650, 1750}},
		{"discipline_cases_ytd", rare{30}},

		// What bars the best grade.
		{"veto_ideology", never{}},
		{"veto_mass_incident", never{}},
		{"veto_serious_violation", never{}},
		{"veto_data_fraud", never{}},
	}
}
