#!lua name=causeway
-- Adds and reads recent Service Requests. Each Device has one string of 38-byte records (request-record.ts).

local RECORD_BYTES = 38
local ENTRY_BYTES = 46 -- the Device id (8 bytes) and the record

local function time48(s, at)
	local a, b, c, d, e, f = string.byte(s, at, at + 5)
	return ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f
end

-- Returns the instant (ms) that decides the age of a record: its request time, or its execution time if that is later.
local function latest(record)
	return math.max(time48(record, 1), time48(record, 7))
end

-- Adds the entries of a blob to the index. An entry replaces an earlier record of the same request. Drops records that
-- are older than the window, and the oldest records of a Device that has too many records.
-- Arguments: blob of entries, window in ms, now in ms since 1970, greatest number of records for a Device.
-- Returns the number of entries.
local function index_requests(_, args)
	local blob, window, now, max_records = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
	local cutoff = now - window
	for at = 1, #blob, ENTRY_BYTES do
		local key = 'r:' .. string.sub(blob, at, at + 7)
		local record = string.sub(blob, at + 8, at + ENTRY_BYTES - 1)
		local last = latest(record)
		if last >= cutoff then
			local identity = string.sub(record, 17, 28)
			local old = redis.call('GET', key)
			if old then
				local records = {}
				for i = 1, #old, RECORD_BYTES do
					local other = string.sub(old, i, i + RECORD_BYTES - 1)
					if string.sub(other, 17, 28) ~= identity and latest(other) >= cutoff then
						records[#records + 1] = other
					end
				end
				records[#records + 1] = record
				if #records > max_records then
					table.sort(records, function(a, b) return latest(a) < latest(b) end)
					records = { unpack(records, #records - max_records + 1) }
				end
				redis.call('SET', key, table.concat(records), 'KEEPTTL')
				redis.call('PEXPIREAT', key, string.format('%.0f', math.max(now, last) + window), 'GT')
			else
				redis.call('SET', key, record, 'PXAT', string.format('%.0f', math.max(now, last) + window))
			end
		end
	end
	return #blob / ENTRY_BYTES
end

-- Reads the records of the Devices in a blob of Device ids. Returns the marker of a complete index, and then one string
-- of records for each Device. The marker is empty if the index is not complete.
local function recent_requests(_, args)
	local blob = args[1]
	local answer = { redis.call('GET', 'causeway:index') or '' }
	for at = 1, #blob, 8 do
		answer[#answer + 1] = redis.call('GET', 'r:' .. string.sub(blob, at, at + 7)) or ''
	end
	return answer
end

-- Marks the index complete, if the filling that ends is the filling that began last and Redis was not emptied since.
-- Arguments: key and value of the marker, key and name of the filling. Returns 1 if the index is complete.
local function end_filling(_, args)
	if redis.call('GET', args[3]) ~= args[4] then return 0 end
	redis.call('SET', args[1], args[2])
	redis.call('DEL', args[3])
	return 1
end

redis.register_function('index_requests', index_requests)
redis.register_function('end_filling', end_filling)
redis.register_function { function_name = 'recent_requests', callback = recent_requests, flags = { 'no-writes' } }
