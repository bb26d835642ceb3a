-- GET /devices reads the Devices of one Supplier in the order of their ids, page by page.
create index tenure_supplier on tenure (supplier_id, device_id) where superseded_at is null;
