-- deliver(items): publish each item once to every gateway that one of its topics is routed to; with all its topics,
-- since a gateway that has heard an item does not ask for it again, and Redis may have forgotten some of its routes.
-- KEYS: none (routes of unknown topics). ARGV: prefix, the gateway to leave out, then pairs: topics by space, blob.
-- A gateway whose PUBLISH reached nobody is dead: its routes of these topics go. Returns the number of publications.
local prefix, own = ARGV[1], ARGV[2]
local parts, routes = {}, {}
for i = 3, #ARGV, 2 do
  local reached = {}
  for topic in string.gmatch(ARGV[i], '%S+') do
    local route = prefix .. ':route:' .. topic
    for _, gateway in ipairs(redis.call('SMEMBERS', route)) do
      if gateway ~= own then
        reached[gateway] = true
        routes[gateway] = routes[gateway] or {}
        routes[gateway][route] = true
      end
    end
  end
  for gateway in pairs(reached) do
    parts[gateway] = parts[gateway] or {}
    table.insert(parts[gateway], struct.pack('>I4I4', #ARGV[i], #ARGV[i + 1]) .. ARGV[i] .. ARGV[i + 1])
  end
end
local published = 0
for gateway, blobs in pairs(parts) do
  if redis.call('PUBLISH', prefix .. ':gateway:' .. gateway, table.concat(blobs)) == 0 then
    for route in pairs(routes[gateway]) do
      redis.call('SREM', route, gateway)
    end
  end
  published = published + 1
end
return published
