-- Filters of the list by tier, by area and by the Supplier's own Service Requests. A row that was written before has null
-- in these columns until its Alert is explained again, and a filter then reads its body. A row with '' has no tier, or no area.
alter table supplier_alert
	add column tier text, -- of the best candidate
	add column area text,
	add column own boolean; -- whether the Supplier itself sent any of the candidates
