#!lua name=causeway
-- The index of recent Service Requests: a string of 38-byte records for each Device (request-record.ts).

local RECORD = 38
local ENTRY = 46 -- Device (8 bytes) and record

local function time48(s, at)
	local a, b, c, d, e, f = string.byte(s, at, at + 5)
	return ((((a * 256 + b) * 256 + c) * 256 + d) * 256 + e) * 256 + f
end

-- The last instant at which a record can matter: its request, or its execution where that is later.
local function latest(record)
	return math.max(time48(record, 1), time48(record, 7))
end

-- blob of entries, window in ms, now in ms, most records a Device. Appends, replaces a record of the same request,
-- drops what is older than the window, keeps the newest where there are too many.
local function index_requests(_, args)
	local blob, window, now, most = args[1], tonumber(args[2]), tonumber(args[3]), tonumber(args[4])
	local cutoff = now - window
	for at = 1, #blob, ENTRY do
		local key = 'r:' .. string.sub(blob, at, at + 7)
		local record = string.sub(blob, at + 8, at + ENTRY - 1)
		local last = latest(record)
		if last >= cutoff then
			local identity = string.sub(record, 17, 28)
			local old = redis.call('GET', key)
			if old then
				local kept = {}
				for i = 1, #old, RECORD do
					local one = string.sub(old, i, i + RECORD - 1)
					if string.sub(one, 17, 28) ~= identity and latest(one) >= cutoff then
						kept[#kept + 1] = one
					end
				end
				kept[#kept + 1] = record
				if #kept > most then
					table.sort(kept, function(a, b) return latest(a) < latest(b) end)
					kept = { unpack(kept, #kept - most + 1) }
				end
				redis.call('SET', key, table.concat(kept), 'KEEPTTL')
				redis.call('PEXPIREAT', key, string.format('%.0f', math.max(now, last) + window), 'GT')
			else
				redis.call('SET', key, record, 'PXAT', string.format('%.0f', math.max(now, last) + window))
			end
		end
	end
	return #blob / ENTRY
end

-- blob of Device ids -> the marker of a complete index, then a string for each Device.
local function recent_requests(_, args)
	local blob = args[1]
	local answer = { redis.call('GET', 'causeway:index') or '' }
	for at = 1, #blob, 8 do
		answer[#answer + 1] = redis.call('GET', 'r:' .. string.sub(blob, at, at + 7)) or ''
	end
	return answer
end

redis.register_function('index_requests', index_requests)
redis.register_function { function_name = 'recent_requests', callback = recent_requests, flags = { 'no-writes' } }
