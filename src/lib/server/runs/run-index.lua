#!lua name=causeway_runs
-- Keeps the recent runs of Alerts by key, and says which run of each Alert counts.
--
-- The value of a key is a type (1 byte) and its runs. A run is from (6), to (6), episode (8), written (4, seconds), held
-- (1) and the held members, each an item of 18 bytes: id (8), Device (4), time (6). A run holds its members until it
-- counts. The value of one lone member is the type, written (4) and the item. The values are fields of small hashes, because
-- Redis spends less memory on a field of a small hash than on a key. A long value has a key of its own and an empty field.
--
-- A run is kept for two gaps of its rule after an Alert was added. The horizon of a rule is the latest time of the Alerts
-- that may have been forgotten: from the horizon on, the index knows every Alert. For each rule, the horizon is kept as
-- the latest time of all Alerts that were added in each eighth of a gap.

local LONE, RUNS, IN_DOUBT = 'a', 'b', 'c'
local NONE = '\0\0\0\0\0\0\0\0'
local ITEM_BYTES, RUN_BYTES = 18, 25
local MAX_HELD = 32
local SHORT_BYTES = 64 -- a longer field would turn its small hash into a large one
local FULL = 128
local BUCKETS = 131072
local SLOTS, SLOTS_PER_GAP = 24, 8
local BATCHES, HORIZON = 'e:batches', 'e:horizon'

-- `lone`: the beginning of the value of a lone member that is added now. `states`: the states of the keys that the call has
-- read. They are written once, at the end of the call.
local now, second, lone, rules, ids, used, is_short, moves, states

local function rule_of(key)
	return rules[math.floor(string.byte(key, 1) / 16) + 1]
end

-- `text`: for each rule, its gap (ms), its members and its Devices.
local function read_rules(text)
	rules = {}
	for gap, members, devices in string.gmatch(text, '(%d+) (%d+) (%d+)') do
		rules[#rules + 1] = { gap = tonumber(gap), members = tonumber(members), devices = tonumber(devices) }
	end
end

-- Reads the horizons into the rules. An index that was emptied knows nothing of before.
local function read_horizons()
	local stored, i = redis.call('GET', HORIZON), 1
	for _, rule in ipairs(rules) do
		rule.slots, rule.folded = {}, now
		if stored then
			rule.folded, i = struct.unpack('>I6', stored, i)
			for place = 1, SLOTS do
				local number, last
				number, last, i = struct.unpack('>I6I6', stored, i)
				rule.slots[place] = { number = number, last = last }
			end
		else
			for place = 1, SLOTS do
				rule.slots[place] = { number = 0, last = 0 }
			end
		end
		rule.horizon = rule.folded
		for _, slot in ipairs(rule.slots) do
			if slot.number * rule.gap / SLOTS_PER_GAP + 2 * rule.gap <= now and slot.last > rule.horizon then
				rule.horizon = slot.last
			end
		end
	end
end

local function write_horizons()
	local parts = {}
	for _, rule in ipairs(rules) do
		parts[#parts + 1] = struct.pack('>I6', rule.folded)
		for _, slot in ipairs(rule.slots) do
			parts[#parts + 1] = struct.pack('>I6I6', slot.number, slot.last)
		end
	end
	redis.call('SET', HORIZON, table.concat(parts))
end

-- Notes that Alerts up to `last` (ms) are added now. A time in the future counts as now.
local function note_added(last)
	if last > now then last = now end
	for _, rule in ipairs(rules) do
		local number = math.floor(now / (rule.gap / SLOTS_PER_GAP))
		local slot = rule.slots[number % SLOTS + 1]
		if slot.number ~= number then
			if slot.last > rule.folded then rule.folded = slot.last end
			slot.number, slot.last = number, 0
		end
		if last > slot.last then slot.last = last end
	end
	write_horizons()
end

local function start(now_text, rule_text)
	now = tonumber(now_text)
	second = math.floor(now / 1000)
	lone = struct.pack('>c1I4', LONE, second)
	read_rules(rule_text)
	read_horizons()
	ids, used, is_short, moves, states = '', 0, false, {}, {}
end

-- The small hash of a key, by the last 17 bits of the key.
local function bucket_of(key)
	return string.byte(key, 8) < 128 and 'e:0' .. string.sub(key, 6, 7) or 'e:1' .. string.sub(key, 6, 7)
end

local function own_key_of(key)
	return 'e:' .. key
end

-- The runs of a state are in the order of time, and more than a gap apart. A run keeps its text until it changes, because
-- a key of many runs is read much more often than most of its runs change.
local function parse(value)
	local type = string.sub(value, 1, 1)
	local state = { in_doubt = type == IN_DOUBT, runs = {} }
	if type == LONE then
		local written, item = struct.unpack('>I4c18', value, 2)
		local at = struct.unpack('>I6', item, 13)
		state.runs[1] = { from = at, to = at, written = written, held = item }
		return state
	end
	local runs, i, is_sorted = state.runs, 2, true
	while i <= #value do
		local from, to, episode, written, count = struct.unpack('>I6I6c8I4B', value, i)
		local after = i + RUN_BYTES + count % FULL * ITEM_BYTES
		if episode == NONE then episode = nil end
		if #runs > 0 and from < runs[#runs].from then is_sorted = false end
		runs[#runs + 1] = {
			from = from,
			to = to,
			episode = episode,
			written = written,
			full = count >= FULL,
			text = string.sub(value, i, after - 1)
		}
		i = after
	end
	if not is_sorted then table.sort(runs, function(a, b) return a.from < b.from end) end
	return state
end

-- The held members of a run, one after the other.
local function held_of(run)
	return run.held or string.sub(run.text, RUN_BYTES + 1)
end

local function write(state)
	local runs = state.runs
	if #runs == 1 and not state.in_doubt and not runs[1].episode and not runs[1].full and #held_of(runs[1]) == ITEM_BYTES then
		return struct.pack('>c1I4', LONE, runs[1].written) .. held_of(runs[1])
	end
	local parts = { state.in_doubt and IN_DOUBT or RUNS }
	for _, run in ipairs(runs) do
		if not run.text then
			local count = #run.held / ITEM_BYTES + (run.full and FULL or 0)
			run.text = struct.pack('>I6I6c8I4B', run.from, run.to, run.episode or NONE, run.written, count) .. run.held
		end
		parts[#parts + 1] = run.text
	end
	return table.concat(parts)
end

local function drop_old(state, gap)
	local oldest, kept = math.floor((now - 2 * gap) / 1000), {}
	for _, run in ipairs(state.runs) do
		if run.written >= oldest then kept[#kept + 1] = run end
	end
	state.runs = kept
end

local function load(key, field)
	local value = field or redis.call('HGET', bucket_of(key), key)
	if value == '' then
		value = redis.call('GET', own_key_of(key))
		-- Redis has dropped the value, because its runs are too old.
		if not value then return { has_field = true, runs = {} } end
		local state = parse(value)
		state.is_own, state.has_field = true, true
		return state
	end
	if not value then return { runs = {} } end
	local state = parse(value)
	state.has_field = true
	return state
end

-- Drops the fields of a hash whose runs are all too old.
local function clean(bucket)
	local fields = redis.call('HGETALL', bucket)
	local old = {}
	for i = 1, #fields, 2 do
		local state = load(fields[i], fields[i + 1])
		drop_old(state, rule_of(fields[i]).gap)
		if #state.runs == 0 and not state.in_doubt then old[#old + 1] = fields[i] end
	end
	if #old > 0 then redis.call('HDEL', bucket, unpack(old)) end
end

local function save(key, state)
	local bucket = bucket_of(key)
	if #state.runs == 0 and not state.in_doubt then
		if state.has_field then redis.call('HDEL', bucket, key) end
		if state.is_own then redis.call('DEL', own_key_of(key)) end
		return
	end
	local value = write(state)
	if #value <= SHORT_BYTES then
		if state.is_own then redis.call('DEL', own_key_of(key)) end
		redis.call('HSET', bucket, key, value)
	else
		if not state.is_own then redis.call('HSET', bucket, key, '') end
		redis.call('SET', own_key_of(key), value, 'PX', string.format('%.0f', 2 * rule_of(key).gap + 1000))
	end
end

-- The state of a key within this call, without old runs.
local function open(key)
	local state = states[key]
	if not state then
		state = load(key)
		drop_old(state, rule_of(key).gap)
		states[key] = state
	end
	return state
end

local function save_all()
	for key, state in pairs(states) do
		save(key, state)
	end
end

-- Holds the item, unless the run holds it already. A full run holds as many different Devices as it can.
local function hold(run, item)
	local held, id, device = run.held, string.sub(item, 1, 8), string.sub(item, 9, 12)
	if #held < MAX_HELD * ITEM_BYTES and not string.find(held, id, 1, true) then
		run.held = held .. item
		return
	end
	local seen, twice, has_device = {}, nil, false
	for i = 1, #held, ITEM_BYTES do
		if string.sub(held, i, i + 7) == id then return end
		local its = string.sub(held, i + 8, i + 11)
		if its == device then has_device = true end
		if seen[its] then twice = i end
		seen[its] = true
	end
	if #held < MAX_HELD * ITEM_BYTES then
		run.held = held .. item
		return
	end
	run.full = true
	if not has_device and twice then
		run.held = string.sub(held, 1, twice - 1) .. item .. string.sub(held, twice + ITEM_BYTES)
	end
end

local function counts(run, rule)
	if #run.held < rule.members * ITEM_BYTES then return false end
	local seen, devices = {}, 0
	for i = 1, #run.held, ITEM_BYTES do
		local device = string.sub(run.held, i + 8, i + 11)
		if not seen[device] then
			seen[device] = true
			devices = devices + 1
		end
	end
	return devices >= rule.devices
end

local function next_id()
	if #ids < (used + 1) * 8 then
		is_short = true
		return nil
	end
	used = used + 1
	return string.sub(ids, used * 8 - 7, used * 8)
end

local function smaller(a, b)
	if not a then return b end
	if not b then return a end
	return struct.unpack('>I8', a) < struct.unpack('>I8', b) and a or b
end

-- Returns the place of the first run that ends at a time or after it.
local function first_run(runs, time)
	local low, high = 1, #runs + 1
	while low < high do
		local middle = math.floor((low + high) / 2)
		if runs[middle].to < time then low = middle + 1 else high = middle end
	end
	return low
end

-- Adds an item to the runs of its key. `given`: the episode that the database has for the item. Returns the episode of the
-- item, and whether the database must be asked, because the index does not know enough of the run.
local function place(state, key, item, at, given)
	local rule, runs = rule_of(key), state.runs
	local gap = rule.gap
	local run = { from = at, to = at, written = second, held = '', episode = given, full = false }
	local is_doubtful, has_counted = at - gap < rule.horizon, false
	local first = first_run(runs, at - gap)
	local after = first
	while runs[after] and runs[after].from - gap <= at do
		local other = runs[after]
		if other.from < run.from then run.from = other.from end
		if other.to > run.to then run.to = other.to end
		if other.episode then
			-- Two episodes have come together. The one with the smaller id stays.
			if run.episode and run.episode ~= other.episode then is_doubtful = true end
			run.episode = smaller(run.episode, other.episode)
			has_counted = true
		end
		run.full = run.full or other.full
		local held = held_of(other)
		for i = 1, #held, ITEM_BYTES do
			hold(run, string.sub(held, i, i + ITEM_BYTES - 1))
		end
		after = after + 1
	end
	hold(run, item)
	if not run.episode and counts(run, rule) then run.episode = next_id() end
	if not (has_counted or given) and run.from - gap < rule.horizon then is_doubtful = true end
	if run.episode then
		local id = string.sub(item, 1, 8)
		for i = 1, #run.held, ITEM_BYTES do
			local its = string.sub(run.held, i, i + 7)
			if its ~= id then
				moves[#moves + 1] = its .. run.episode .. key .. string.sub(run.held, i + 12, i + 17)
			end
		end
		if run.full then is_doubtful = true end
		run.held, run.full = '', false
	end
	if after == first then
		table.insert(runs, first, run)
	else
		runs[first] = run
		for _ = first + 1, after - 1 do
			table.remove(runs, first + 1)
		end
	end
	return run.episode, is_doubtful
end

-- Adds an item to a value with one run that cannot count yet, without parsing its members. Returns the new value, or nil
-- if the case is another.
local function append(value, rule, item, at)
	if rule.members < 3 then return nil end
	local from, to, written, count, held
	if string.sub(value, 1, 1) == LONE then
		written, held = struct.unpack('>I4c18', value, 2)
		from = struct.unpack('>I6', held, 13)
		to, count = from, 1
	elseif #value < 1 + RUN_BYTES then
		return nil -- a key in doubt without a run
	else
		local type, episode
		type, from, to, episode, written, count = struct.unpack('>c1I6I6c8I4B', value)
		if type ~= RUNS or episode ~= NONE or #value ~= 1 + RUN_BYTES + count * ITEM_BYTES then return nil end
		held = string.sub(value, 2 + RUN_BYTES)
	end
	if count + 1 >= rule.members or at - to > rule.gap or from - at > rule.gap or written < second - 2 * rule.gap / 1000
		or from - rule.gap < rule.horizon or string.find(held, string.sub(item, 1, 8), 1, true) then
		return nil
	end
	if at < from then from = at end
	if at > to then to = at end
	return struct.pack('>c1I6I6c8I4B', RUNS, from, to, NONE, second, count + 1) .. held .. item
end

-- Adds an item to the runs of a key, and keeps the item for the check if the key is in doubt.
local function place_kept(state, key, item, at, given)
	if state.in_doubt then redis.call('APPEND', 'f:' .. key, item) end
	return place(state, key, item, at, given)
end

-- Adds an item to the runs of a key in the index. The branches before the last only make the most frequent cases faster.
local function add_item(key, item, at)
	if states[key] then return place_kept(states[key], key, item, at) end
	local bucket, rule = bucket_of(key), rule_of(key)
	-- Most keys of an Alert are new, so the index tries to insert the key before it reads it.
	if redis.call('HSETNX', bucket, key, lone .. item) == 1 then return nil, at - rule.gap < rule.horizon end
	local value = redis.call('HGET', bucket, key)
	local is_own = value == ''
	if is_own then value = redis.call('GET', own_key_of(key)) end
	if value and #value == 1 + RUN_BYTES and string.sub(value, 1, 1) == RUNS then
		local from, to, episode, written = struct.unpack('>I6I6c8I4', value, 2)
		if episode ~= NONE and at - to <= rule.gap and from - at <= rule.gap and written >= second - 2 * rule.gap / 1000 then
			if at < from or at > to or written < second - rule.gap / 16000 then
				if at < from then from = at end
				if at > to then to = at end
				redis.call('HSET', bucket, key, struct.pack('>c1I6I6c8I4B', RUNS, from, to, episode, second, 0))
			end
			return episode, at - rule.gap < rule.horizon
		end
	end
	local longer = value and append(value, rule, item, at)
	if longer then
		if #longer <= SHORT_BYTES then
			redis.call('HSET', bucket, key, longer)
		else
			if not is_own then redis.call('HSET', bucket, key, '') end
			redis.call('SET', own_key_of(key), longer, 'PX', string.format('%.0f', 2 * rule.gap + 1000))
		end
		return nil, at - rule.gap < rule.horizon
	end
	local state = value and parse(value) or { runs = {} }
	state.has_field, state.is_own = true, is_own and value ~= false
	drop_old(state, rule.gap)
	states[key] = state
	return place_kept(state, key, item, at)
end

-- Adds Alerts to the runs of their keys.
-- Arguments: now in ms since 1970, rules, blob of entries, blob of unused ids of episodes, name of the batch.
-- An entry is the Supplier (2), an item (18), the number of keys (1) and the keys (8 each).
-- Returns for each entry one byte with the place of the first key whose run counts (255: none), the episode of that key
-- (8), and one byte with a bit for each key that needs the database; then the members that belong to a run that counts
-- now, each with its id, episode, key and time; then the number of used ids, and 1 if the ids did not suffice. The caller then
-- calls again with more ids, and keeps the members of both answers.
local function add_to_runs(_, args)
	start(args[1], args[2])
	local blob = args[3]
	ids = args[4]
	redis.call('HSET', BATCHES, args[5], struct.pack('>I6', now) .. blob)
	local answer, i, last = {}, 1, 0
	while i <= #blob do
		local item = string.sub(blob, i + 2, i + 19)
		local at, count = struct.unpack('>I6B', blob, i + 14)
		i = i + 21
		if at > last then last = at end
		local rank, episode, doubts = 255, NONE, 0
		for r = 0, count - 1 do
			local key = string.sub(blob, i, i + 7)
			i = i + 8
			local its_episode, is_doubtful = add_item(key, item, at)
			if its_episode and rank == 255 then
				rank, episode = r, its_episode
			end
			if is_doubtful then doubts = doubts + 2 ^ r end
		end
		answer[#answer + 1] = struct.pack('>Bc8B', rank, episode, doubts)
	end
	save_all()
	note_added(last)
	return { table.concat(answer), table.concat(moves), used, is_short and 1 or 0 }
end

-- Adds Alerts of the database to the runs of their keys, while the index is filled.
-- Arguments: now in ms, rules, blob of entries. After its keys, an entry has the place of the key of its episode (1) and
-- this episode (8). Place 255: the Alert is in no episode.
local function fill_runs(_, args)
	start(args[1], args[2])
	local blob, i, last = args[3], 1, 0
	while i <= #blob do
		local item = string.sub(blob, i + 2, i + 19)
		local at, count = struct.unpack('>I6B', blob, i + 14)
		i = i + 21
		if at > last then last = at end
		local keys = i
		local rank, episode = struct.unpack('>Bc8', blob, keys + 8 * count)
		for r = 0, count - 1 do
			local key = string.sub(blob, keys + 8 * r, keys + 8 * r + 7)
			place_kept(open(key), key, item, at, r == rank and episode or nil)
		end
		i = keys + 8 * count + 9
	end
	save_all()
	note_added(last)
	return 1
end

-- Ends a filling: the index knows all Alerts from a time on, unless Redis was emptied since the filling began.
-- Arguments: now in ms, rules, name of the filling, this time (ms). Returns 1 if the index is filled.
local function end_filling_runs(_, args)
	if redis.call('GET', 'e:filling') ~= args[3] then return 0 end
	start(args[1], args[2])
	for _, rule in ipairs(rules) do
		rule.folded = tonumber(args[4])
	end
	write_horizons()
	redis.call('SET', 'e:filled', '1')
	redis.call('DEL', 'e:filling')
	return 1
end

-- Arguments: now in ms, rules. Returns the horizon of each rule (6 bytes each).
local function horizons(_, args)
	start(args[1], args[2])
	local answer = {}
	for _, rule in ipairs(rules) do
		answer[#answer + 1] = struct.pack('>I6', rule.horizon)
	end
	return table.concat(answer)
end

-- Marks keys as in doubt, so that items that are added from now on are kept apart too.
-- Arguments: now in ms, rules, blob of keys. Returns for each key the number of its runs that count (1), and these runs:
-- from (6), to (6), episode (8).
local function doubt_runs(_, args)
	start(args[1], args[2])
	local answer = {}
	for i = 1, #args[3], 8 do
		local key = string.sub(args[3], i, i + 7)
		local state = load(key)
		redis.call('DEL', 'f:' .. key)
		local found = {}
		for _, run in ipairs(state.runs) do
			if run.episode and #found < 255 then
				found[#found + 1] = struct.pack('>I6I6c8', run.from, run.to, run.episode)
			end
		end
		answer[#answer + 1] = string.char(#found) .. table.concat(found)
		state.in_doubt = true
		save(key, state)
	end
	return table.concat(answer)
end

local function episode_at(state, at)
	for _, run in ipairs(state.runs) do
		if run.from <= at and at <= run.to then return run.episode end
	end
end

-- Replaces the runs of a key that was in doubt by its runs in the database, and adds the items that came meanwhile.
-- Arguments: now in ms, rules, unused ids, key, value of the key in the layout of this index.
-- Returns the number of used ids, and the times (6 each) of items whose episode differs from what their Alerts were told.
-- Returns no times and changes nothing if the key is not in doubt, because Redis was emptied since.
local function settle_runs(_, args)
	start(args[1], args[2])
	ids = args[3]
	local key = args[4]
	local before, state = load(key), parse(args[5])
	if not before.in_doubt then return { 0 } end
	state.has_field, state.is_own, state.in_doubt = before.has_field, before.is_own, false
	local fresh = redis.call('GET', 'f:' .. key) or ''
	redis.call('DEL', 'f:' .. key)
	local told = {}
	for i = 1, #fresh, ITEM_BYTES do
		local item = string.sub(fresh, i, i + ITEM_BYTES - 1)
		local at = struct.unpack('>I6', item, 13)
		local episode = place(state, key, item, at)
		if #moves > 0 or episode ~= episode_at(before, at) then told[#told + 1] = struct.pack('>I6', at) end
		moves = {}
	end
	save(key, state)
	return { used, table.concat(told) }
end

-- Returns the names and blobs of batches that began before an instant (ms) and have not ended.
local function old_batches(_, args)
	local all, old = redis.call('HGETALL', BATCHES), {}
	for i = 1, #all, 2 do
		if struct.unpack('>I6', all[i + 1]) < tonumber(args[1]) then
			old[#old + 1] = all[i]
			old[#old + 1] = string.sub(all[i + 1], 7)
		end
	end
	return old
end

-- Drops old runs from some of the small hashes. Arguments: now in ms, rules, number of the first hash, number of hashes.
-- Returns the number of the hash after them.
local function clean_runs(_, args)
	start(args[1], args[2])
	local first, count = tonumber(args[3]), tonumber(args[4])
	for number = first, first + count - 1 do
		local place = number % BUCKETS
		local half, rest = math.floor(place / 65536), place % 65536
		clean('e:' .. half .. string.char(math.floor(rest / 256), rest % 256))
	end
	return (first + count) % BUCKETS
end

redis.register_function('clean_runs', clean_runs)
redis.register_function('add_to_runs', add_to_runs)
redis.register_function('fill_runs', fill_runs)
redis.register_function('end_filling_runs', end_filling_runs)
redis.register_function { function_name = 'horizons', callback = horizons, flags = { 'no-writes' } }
redis.register_function('doubt_runs', doubt_runs)
redis.register_function('settle_runs', settle_runs)
redis.register_function { function_name = 'old_batches', callback = old_batches, flags = { 'no-writes' } }
